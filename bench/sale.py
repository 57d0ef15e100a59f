"""A whole sale, simulated: how long each part takes, whether it is fair, and what waiting costs.

The line is the real one (Redis, PostgreSQL, the draw, the scripts, the document that people look
at); people, stock and payment provider are virtual, and so is the clock (bench/simulation). One
sale for each rate at which the payment provider takes payments.

The short form has a fifth of the people and of the tickets, and takes about a minute on a quiet
machine; with FULL=1 it is a hundred thousand people and twenty thousand tickets, for some minutes.
With DRAW=1 the chart of the documentation is drawn anew.
"""

import json
import os
from dataclasses import asdict, dataclass
from typing import Any

from bench import stage
from bench.outcomes import CLEAN, Outcome, conclude
from bench.programs import ROOT, run
from bench.simulation import chart
from bench.simulation.plans import Plan
from bench.stage import Stage

NAME = "sale"
CHART = ROOT / "docs" / "pictures" / "sale.svg"
SEED = 20261123
LIMIT_SECONDS = 540
"""Of one sale."""
PAYMENTS_PER_SECOND = (25, 500)
"""What Stripe allows every account at first, and what one that has asked for more may be given."""
TARGETS = {
    "stripe_25_redis_bytes_per_place": "<= 500",
    "stripe_25_polls_to_origin_per_second": "<= 2",
    "stripe_25_of_budget": "as near 1 as can be",
}


@dataclass(frozen=True)
class Size:
    arrivals: int
    tickets: int
    seats: int


SHORT = Size(arrivals=20_000, tickets=4_000, seats=4_000)
FULL = Size(arrivals=100_000, tickets=20_000, seats=20_000)
"""As many seats as tickets: what holds the line up is to be the payment provider."""


def measure(is_full: bool) -> Outcome:
    size = FULL if is_full else SHORT
    outcome = Outcome(NAME, targets=TARGETS)
    plans = [
        Plan(
            name=f"stripe_{rate}",
            arrivals=size.arrivals,
            tickets=size.tickets,
            payments_per_second=rate,
            seats=size.seats,
            seed=SEED,
        )
        for rate in PAYMENTS_PER_SECOND
    ]
    with stage.open(shows=(1,) * len(plans)) as it:
        sales = [simulated(it, number, plan) for number, plan in enumerate(plans)]
        findings = json.loads(it.run("-m", "bench.auditing"))
    outcome.audit = CLEAN if not findings else f"{len(findings)} findings"
    outcome.problems += findings
    tell(outcome, sales)
    if os.environ.get("DRAW") == "1":
        CHART.write_text(chart.drawn(sales), encoding="utf-8")
        outcome.notes.append(f"drew {CHART.relative_to(ROOT)}")
    return outcome


def simulated(it: Stage, number: int, plan: Plan) -> dict[str, Any]:
    """What the sale of the show of this number came to (bench/simulation/findings.py)."""
    facts = [it.reseller.reference, it.reseller.shows[number].show, asdict(plan)]
    said = run(
        ("-m", "bench.simulation", json.dumps(facts)), it.environment, limit_seconds=LIMIT_SECONDS
    )
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


ROWS = (
    ("draw, real s", "draw_real_seconds", "{:,.2f}"),
    ("joins a real second", "joins_per_real_second", "{:,.0f}"),
    ("first one in, s", "first_admitted_seconds", "{:,.0f}"),
    ("half sold, s", "half_sold_seconds", "{:,.0f}"),
    ("all sold or held, s", "all_taken_seconds", "{:,.0f}"),
    ("98 % sold, s", "last_of_98_percent_seconds", "{:,.0f}"),
    ("sold out, s", "sold_out_seconds", "{:,.0f}"),
    ("simulated in, real s", "real_seconds", "{:,.0f}"),
    ("called", "called", "{:,.0f}"),
    ("orders", "orders", "{:,.0f}"),
    ("budget for payments used", "payments_of_budget_share", "{:.2f}"),
    ("longest wait to pay, s", "longest_payment_wait_seconds", "{:,.0f}"),
    ("wait of who gathered, median s", "early_wait_p50_seconds", "{:,.0f}"),
    ("… p95 s", "early_wait_p95_seconds", "{:,.0f}"),
    ("arrival and drawn number", "drawn_rank_correlation", "{:+.4f}"),
    ("… chi-square", "drawn_chi_square", "{:,.0f}"),
    ("… its 99 % bound", "drawn_chi_square_99_percent_bound", "{:,.0f}"),
    ("arrival and number later", "later_rank_correlation", "{:.4f}"),
    ("estimates right", "estimate_right_share", "{:.2f}"),
    ("… off by, median s", "estimate_off_p50_seconds", "{:,.0f}"),
    ("came in for nothing", "people_for_nothing", "{:,.0f}"),
    ("waited for nothing", "waited_for_nothing_people", "{:,.0f}"),
    ("polls a second, most", "polls_per_second_max", "{:,.0f}"),
    ("… that reach us", "polls_to_origin_per_second", "{:.2f}"),
    ("other requests a second, most", "own_requests_per_second_max", "{:,.0f}"),
    ("bytes in Redis a place", "redis_bytes_per_place", "{:,.0f}"),
)


def tell(outcome: Outcome, sales: list[dict[str, Any]]) -> None:
    for sale in sales:
        name = sale["plan"]["name"]
        outcome.figures |= {f"{name}_{key}": found for key, found in sale["figures"].items()}
        outcome.ratios[f"{name}_of_budget"] = sale["figures"]["payments_of_budget_share"]
        outcome.problems += [f"{name}: {sentence}" for sentence in sale["problems"]]
    heads = tuple(f"Stripe at {sale['plan']['payments_per_second']}/s" for sale in sales)
    outcome.table = [
        ("", *heads),
        *(
            (said, *(form.format(sale["figures"][key]) for sale in sales))
            for said, key, form in ROWS
        ),
    ]
    plan = sales[0]["plan"]
    outcome.notes.append(
        f"{plan['arrivals']:,} people, {plan['tickets']:,} tickets, {plan['seats']:,} seats,"
        f" seed {plan['seed']}; seconds are of the sale unless they are called real"
    )


if __name__ == "__main__":
    conclude(measure)
