"""How many orders a second POST /v1/orders takes, and how near that is to what is possible.

Five things in turn, several rounds of them, so that a noisy moment of the machine meets all: the
same server's empty POST, orders of one hot ticket type, orders of a hundred, one transaction a
request (by a second web server, otherwise idle), and the same rows written by SQL alone.
"""

import json
from dataclasses import dataclass

from bench import floor, load, stage
from bench.asking import Api
from bench.figures import median
from bench.outcomes import CLEAN, Outcome, conclude
from bench.programs import Web
from bench.resellers import Reseller
from bench.stage import Stage
from bench.turns import Turn, database_of, head, over_http, row

NAME = "orders"
APP = "bench.serving:create_app()"
SHOWS = (1, *(10,) * 10)
"""Ticket types by show: one hot one, and a hundred in ten shows."""
CAPACITY = 10_000_000
SAMPLE_SECONDS = 10
SEED = 1

TARGETS = {
    "of_empty_post": ">= 0.50, aim 0.70",
    "over_one_transaction_each": ">= 10",
    "p99_ms": "< 250",
}


@dataclass(frozen=True)
class Length:
    """So many rounds of everything, and seconds for each thing in a round."""

    rounds: int
    seconds: float
    sql_seconds: float


SHORT = Length(rounds=3, seconds=3.0, sql_seconds=1.5)
FULL = Length(rounds=7, seconds=8.0, sql_seconds=4.0)


def learned(it: Stage, copied: Reseller) -> floor.Floor:
    """The floor: copies of an order that this reseller's system places now."""
    (offer,) = copied.shows
    request = Api(it.api_host, copied.key).order(
        offer.show,
        offer.ticket_types[0],
        email=floor.SAMPLE_EMAIL,
        name="Ada Buyer 1000000",
        once=floor.SAMPLE_KEY,
    )

    def place_one() -> None:
        sample = load.run(it.port, lambda: request, seconds=SAMPLE_SECONDS, count=1, connections=1)
        assert sample.statuses == {201: 1}, sample

    with it.connected(copied) as connection:
        pattern = floor.learn(connection, place_one)
    return floor.Floor(it.database_url, copied.schema_name, pattern)


def measure(is_full: bool) -> Outcome:
    length = FULL if is_full else SHORT
    outcome = Outcome(NAME, targets=TARGETS)
    with stage.open(shows=SHOWS, capacity=CAPACITY, app=APP) as it:
        copied = it.open_reseller("floor", capacity=CAPACITY)
        one_each = it.begin_web("web-one-each", {"BOX_OFFICE_BATCH": "1"})
        bare = learned(it, copied)
        api, (one, *hundred) = Api(it.api_host, it.reseller.key), it.reseller.shows
        empty = over_http("empty authenticated POST", it, it.web, api.empty_post)
        selling = [
            over_http("orders, one hot ticket type", it, it.web, api.orders([one], seed=SEED)),
            over_http("orders, a hundred types", it, it.web, api.orders(hundred, seed=SEED)),
            over_http("orders, a transaction each", it, one_each, api.orders([one], seed=SEED)),
        ]
        selling[-1].may_refuse = True
        by_sql = Turn("the same rows in SQL batches", bare.run, database_of(it))
        for turn in (empty, *selling, by_sql):
            turn.warm_up()
        for _ in range(length.rounds):
            for turn in (empty, *selling):
                turn.take(length.seconds)
            by_sql.take(length.sql_seconds)
        tell(outcome, [empty, *selling, by_sql])
        sold = sum(each.statuses[201] for turn in selling for each in turn.everything)
        written = sum(each.answers for each in by_sql.everything) + 1
        failed = sum(each.errors.total() for turn in selling for each in turn.everything)
        outcome.problems += miscounted(it, it.reseller, sold, failed, "over HTTP")
        outcome.problems += miscounted(it, copied, written, 0, "by SQL")
        outcome.figures |= {
            "retries": retries(it.web),
            "one_transaction_each_retries": retries(one_each),
            "orders": sold,
        }
        findings = json.loads(it.run("-m", "bench.auditing"))
        outcome.audit = CLEAN if not findings else f"{len(findings)} findings"
        outcome.problems += findings
    return outcome


def miscounted(it: Stage, seller: Reseller, sold: int, failed: int, called: str) -> list[str]:
    """What was promised must be written down, and counted; of what failed nobody knows."""
    with it.connected(seller) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM tickets),"
            " (SELECT sum(held + sold) FROM ticket_types)"
        ).fetchone()
    assert row
    counts = dict(zip(("orders", "tickets", "held and sold"), map(int, row), strict=True))
    is_one = len(set(counts.values())) == 1
    if is_one and sold <= counts["orders"] <= sold + failed:
        return []
    return [f"{called}: {sold} were promised ({failed} failed), but there are {counts}"]


def retries(web: Web) -> int:
    """Transactions at the till that had to be run again, by the server's own log."""
    return web.log.read_bytes().count(b'"till.retried"')


def tell(outcome: Outcome, turns: list[Turn]) -> None:
    """Figures, ratios and the table out of what the rounds found."""
    empty, hot, hundred, one_each, by_sql = medians = [median(turn.found) for turn in turns]
    names = ("empty_posts", "orders", "hundred_types", "one_transaction_each", "sql_batches")
    for name, of in zip(names, medians, strict=True):
        outcome.figures[f"{name}_per_second"] = of.per_second
        for program, spent in of.cpu_us.items():
            outcome.figures[f"{name}_cpu_us_{program}"] = spent
        if of is not by_sql:
            outcome.figures |= {f"{name}_p50_ms": of.p50_ms, f"{name}_p99_ms": of.p99_ms}
    outcome.figures |= {
        "p50_ms": hot.p50_ms,
        "p90_ms": hot.p90_ms,
        "p99_ms": hot.p99_ms,
        "max_ms": hot.max_ms,
        "connections": load.CONNECTIONS,
    }
    outcome.ratios = {
        "of_empty_post": round(hot.per_second / empty.per_second, 3),
        "over_one_transaction_each": round(hot.per_second / one_each.per_second, 2),
        "of_sql_batches": round(hot.per_second / by_sql.per_second, 3),
        "hundred_of_hot": round(hundred.per_second / hot.per_second, 3),
    }
    for turn in turns:
        turn.confess(outcome)
    outcome.table = [
        head("web", "database", "asking"),
        *(
            row(turn.called, of, "web", "database", "asking")
            for turn, of in zip(turns, medians, strict=True)
        ),
    ]


if __name__ == "__main__":
    conclude(measure)
