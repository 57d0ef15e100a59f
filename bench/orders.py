"""How many orders a second POST /v1/orders takes, and how near that is to what is possible.

Five things in turn, several rounds of them, so that a noisy moment of the machine meets all: the
same server's empty POST, orders of one hot ticket type, orders of a hundred, one transaction a
request (a second web server, otherwise idle), and the same rows written by SQL alone.
"""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench import asking, figures, floor, load, stage
from bench.figures import Figures
from bench.outcomes import CLEAN, Outcome, conclude
from bench.programs import Web
from bench.resellers import Reseller
from bench.stage import Stage

NAME = "orders"
APP = "bench.serving:create_app()"
SHOWS = (1, *(10,) * 10)
"""Ticket types by show: one hot one, and a hundred in ten shows."""
CAPACITY = 10_000_000
SETTLING_SECONDS = 0.5
WARM_UP_SECONDS = 2.0
WARM_UP_TURNS = 2
SEED = 1

TARGETS = {
    "of_empty_post": ">= 0.50, aim 0.70",
    "over_one_transaction_each": ">= 10",
    "p99_ms": "< 250",
}


@dataclass(frozen=True)
class Length:
    """How long: `rounds` of everything, so many seconds for each thing in a round."""

    rounds: int
    seconds: float
    sql_seconds: float


SHORT = Length(rounds=3, seconds=3.0, sql_seconds=1.5)
FULL = Length(rounds=7, seconds=8.0, sql_seconds=4.0)


class Turns:
    """The things that are measured, and what each round found of them."""

    def __init__(self, it: Stage, one_each: Web) -> None:
        self.it = it
        self.one_each = one_each
        hot, *hundred = it.reseller.shows
        identified = {"host": it.api_host, "key": it.reseller.key}
        self.empty = asking.empty_posts(**identified)
        self.hot = asking.orders([hot], seed=SEED, **identified)
        self.hundred = asking.orders(hundred, seed=SEED, **identified)
        self.asked: dict[str, tuple[int, Callable[[], bytes]]] = {
            "empty": (it.port, self.empty),
            "hot": (it.port, self.hot),
            "hundred": (it.port, self.hundred),
            "one_each": (one_each.port, self.hot),
        }
        self.found: dict[str, list[Figures]] = {name: [] for name in self.asked}
        self.warm: list[Figures] = []
        self.sql_per_second: list[float] = []

    def warm_up(self) -> None:
        for port in (self.it.port, self.one_each.port):
            for request in (self.empty, self.hot, self.hundred):
                self.warm.append(load.run(port, request, seconds=WARM_UP_SECONDS / WARM_UP_TURNS))

    def measure(self, bare: floor.Floor, length: Length) -> None:
        for _ in range(length.rounds):
            for name, (port, request) in self.asked.items():
                self.found[name].append(
                    load.run(
                        port,
                        request,
                        seconds=length.seconds,
                        settling_seconds=SETTLING_SECONDS,
                    )
                )
            self.sql_per_second.append(bare.run(length.sql_seconds))

    @property
    def everything(self) -> list[Figures]:
        return [*self.warm, *(each for rounds in self.found.values() for each in rounds)]


def place_sample(it: Stage, seller: Reseller) -> None:
    """One order by HTTP, to copy."""
    (offer,) = seller.shows
    connection = http.client.HTTPConnection(stage.ADDRESS, it.port, timeout=10)
    body = {
        "show": offer.show,
        "items": [{"ticket_type": offer.ticket_types[0], "quantity": 1}],
        "customer": {"email": floor.SAMPLE_EMAIL, "name": "Ada Buyer 1000000"},
    }
    connection.request(
        "POST",
        "/v1/orders",
        json.dumps(body),
        {
            "Host": it.api_host,
            "Authorization": f"Bearer {seller.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": floor.SAMPLE_KEY,
        },
    )
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != 201:
        raise RuntimeError(f"the sample order was answered {answer.status}: {said[:300]!r}")


def check(it: Stage, sold: int, problems: list[str], *, of: Reseller, called: str) -> None:
    """What was answered must be what is written down, and what the counters say."""
    with it.connected(of) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM tickets),"
            " (SELECT sum(held + sold) FROM ticket_types)"
        ).fetchone()
    assert row
    counts = dict(zip(("orders", "tickets", "held and sold"), map(int, row), strict=True))
    if set(counts.values()) != {sold}:
        problems.append(f"{called}: {sold} were promised, but there are {counts}")


def retries(log_of: Web) -> int:
    """Transactions at the till that had to be run again, by the server's own log."""
    return log_of.log.read_bytes().count(b'"till.retried"')


def measure(is_full: bool) -> Outcome:
    outcome = Outcome(NAME, targets=TARGETS)
    with stage.open(shows=SHOWS, capacity=CAPACITY, app=APP) as it:
        copied = it.open_reseller("floor", capacity=CAPACITY)
        one_each = it.begin_web("web-one-each", {"BOX_OFFICE_BATCH": "1"})
        with it.connected(copied) as connection:
            pattern = floor.learn(connection, partial(place_sample, it, copied))
        bare = floor.Floor(it.database_url, copied.schema_name, pattern)
        turns = Turns(it, one_each)
        turns.warm_up()
        turns.measure(bare, FULL if is_full else SHORT)
        sold = sum(each.statuses[201] for each in turns.everything)
        check(it, sold, outcome.problems, of=it.reseller, called="over HTTP")
        check(it, bare.written + 1, outcome.problems, of=copied, called="by SQL")
        findings = json.loads(it.run("-m", "bench.auditing"))
        outcome.audit = CLEAN if not findings else f"{len(findings)} findings"
        outcome.problems += findings
        tell(outcome, turns, retries(it.web), retries(one_each))
    return outcome


def tell(outcome: Outcome, turns: Turns, retried: int, retried_one_each: int) -> None:
    medians = {name: figures.median(rounds) for name, rounds in turns.found.items()}
    empty, hot, hundred, one_each = (medians[name] for name in turns.asked)
    by_sql = sorted(turns.sql_per_second)[len(turns.sql_per_second) // 2]
    together = figures.median(turns.everything)
    outcome.errors = together.errors.total()
    outcome.problems += [
        f"{count} times {kind}: {together.samples[kind].strip()}"
        for kind, count in together.errors.items()
    ]
    outcome.figures = {
        "orders_per_second": hot.per_second,
        "p50_ms": hot.p50_ms,
        "p90_ms": hot.p90_ms,
        "p99_ms": hot.p99_ms,
        "max_ms": hot.max_ms,
        "retries": retried,
        "hundred_types_per_second": hundred.per_second,
        "hundred_types_p50_ms": hundred.p50_ms,
        "hundred_types_p99_ms": hundred.p99_ms,
        "empty_posts_per_second": empty.per_second,
        "empty_posts_p50_ms": empty.p50_ms,
        "empty_posts_p99_ms": empty.p99_ms,
        "one_transaction_each_per_second": one_each.per_second,
        "one_transaction_each_p50_ms": one_each.p50_ms,
        "one_transaction_each_p99_ms": one_each.p99_ms,
        "one_transaction_each_retries": retried_one_each,
        "sql_batches_per_second": round(by_sql, 1),
        "orders": sum(each.statuses[201] for each in turns.everything),
        "connections": load.CONNECTIONS,
        "cpu_share_of_asking": hot.own_cpu_share,
    }
    outcome.ratios = {
        "of_empty_post": round(hot.per_second / empty.per_second, 3),
        "over_one_transaction_each": round(hot.per_second / one_each.per_second, 2),
        "of_sql_batches": round(hot.per_second / by_sql, 3),
        "hundred_of_hot": round(hundred.per_second / hot.per_second, 3),
    }
    outcome.table = [
        ("", "a second", "p50 ms", "p99 ms", "max ms", "asking's CPU"),
        *(
            (name, *(f"{value:,.0f}" for value in row(of)), f"{of.own_cpu_share:.0%}")
            for name, of in (
                ("empty authenticated POST", empty),
                ("orders, one hot ticket type", hot),
                ("orders, a hundred ticket types", hundred),
                ("orders, one transaction each", one_each),
            )
        ),
        ("the same rows in SQL batches", f"{by_sql:,.0f}", "", "", "", ""),
    ]


def row(of: Figures) -> tuple[float, ...]:
    return of.per_second, of.p50_ms, of.p99_ms, of.max_ms


if __name__ == "__main__":
    conclude(measure)
