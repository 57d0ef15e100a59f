"""Servers break while a hundred people stand in line: the line stands still, and goes on.

Nobody is lost, no number is given twice, no more are let in than may be, nothing is sold twice, and
the show beside it sells all the time. SEED=… repeats what people do.
"""

import json
import os
import random
import secrets
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psutil
import pytest
import redis

from bench import stage
from bench.programs import Program
from bench.resellers import OnSale, Reseller
from bench.stage import Stage
from tests.faults.crowd import Asker, Crowd, End
from tests.faults.proxy import PostgresProxy, Proxy
from tests.faults.reckoning import look
from tests.faults.sale import Sale
from tests.faults.watching import Watcher

ORDINARY_GAP_SECONDS = 5.0
"""Longest time in which the ordinary show beside it sells nothing (tests/faults/test_mid_sale)."""
ABOVE_SECONDS = 30.0
"""How long more may be let in than there are seats at the checkout; never more than twice."""
NOTICED_SECONDS = 12.0
"""Within which everybody is told that the line stands still, or that it goes on."""
POLL_SECONDS = 0.1
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "60"))
"""How long Redis is a black hole in `make soak`."""


@dataclass(frozen=True)
class Size:
    customers: int
    early: int
    tickets: int
    seats: int
    arriving_seconds: float
    silence_seconds: float
    pass_seconds: int
    ending_seconds: float
    """Until everybody is gone, when nothing breaks any more; it counts as a standstill before."""


SHORT = Size(44, 24, 18, 5, 4, 1, 4, 90)
LONG = Size(300, 120, 120, 20, 45, SOAK_SECONDS, 30, 600)
LONG_MARKS = [pytest.mark.soak, pytest.mark.timeout(SOAK_SECONDS * 10 + 1200)]


@dataclass
class Ground:
    """A stage, the wires between it and its servers, and the relay."""

    stage: Stage
    postgres: PostgresProxy
    redis: Proxy
    relay: Program

    def begin(self, size: Size) -> None:
        """Everything anew, with passes of this length."""
        environment = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "PASS_SECONDS": str(size.pass_seconds),
        }
        self.relay.stop()
        self.stage.restart_web(environment)
        self.relay.start({**self.stage.environment, **environment})

    def on_sale(self, size: Size) -> tuple[Reseller, OnSale, OnSale]:
        """A show whose sale begins in a while, and for which people gather; and an ordinary one."""
        reseller = self.stage.reseller
        if size is not SHORT:
            reseller = self.stage.open_reseller(f"line-{secrets.token_hex(4)}", shows=(1, 1))
        rush, ordinary = reseller.shows
        with self.stage.connected(reseller) as database:
            database.execute(
                "UPDATE shows SET on_sale_at = now() + interval '10 minutes' WHERE reference = %s",
                [rush.show],
            )
            database.execute(
                "UPDATE ticket_types SET capacity = %s WHERE reference = %s",
                [size.tickets, rush.ticket_types[0]],
            )
            self.stage.run("-m", "bench.marking", reseller.reference, rush.show)
            database.execute("UPDATE waiting_rooms SET checkout_seats = %s", [size.seats])
        return reseller, rush, ordinary


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with (
        stage.open(shows=(1, 1), app="tests.faults.brisk:create_app()", own_servers=True) as it,
        PostgresProxy(it.database_url) as postgres_wire,
        Proxy(it.redis_url) as redis_wire,
    ):
        relay = Program(
            "relay", ("-m", "tests.faults.brisk"), log=it.log_of("relay"), environment={}
        )
        it.ending.callback(relay.stop)
        yield Ground(it, postgres_wire, redis_wire, relay)
        relay.stop()
        it.web.stop()
        assert json.loads(it.run("-m", "bench.auditing")) == []


@dataclass
class Evening:
    """What goes on while it breaks."""

    ground: Ground
    crowd: Crowd
    size: Size
    asker: Asker
    begun: list[float] = field(default_factory=list)
    """When each fault began and ended, in seconds of the evening."""

    def wait_for_orders(self, more: int) -> None:
        """Until so many more have been placed, and somebody is about to; or everybody is gone."""
        before = len(self.crowd.placed_at)
        deadline = time.monotonic() + self.size.ending_seconds
        enough = before + more
        while self.crowd.goes_on and not (
            len(self.crowd.placed_at) >= enough and self.crowd.buying
        ):
            assert time.monotonic() < deadline, ("a standstill", *self.crowd.complaints[:3])
            time.sleep(POLL_SECONDS)

    def wait_until_told(self, *, is_interrupted: bool) -> None:
        """Until both workers say so; all the while the document is there for everybody."""
        deadline, in_turn = time.monotonic() + NOTICED_SECONDS, 0
        while in_turn < 6:
            assert time.monotonic() < deadline, "nobody is told"
            shown = self.asker.now_serving()
            assert shown.status == 200, dict(shown)
            in_turn = in_turn + 1 if shown["is_interrupted"] is is_interrupted else 0
            self.asker.close()  # the next connection may be the other worker's
            time.sleep(POLL_SECONDS)

    def nobody_can_join(self) -> None:
        self.asker.close()  # whatever has been idle for long is closed at the other end
        answer = self.asker.join("stranger@example.org", None)
        assert (answer.status, answer.problem) == (503, "waiting_room_away"), dict(answer)
        assert answer["detail"]


def redis_forgets_everything(evening: Evening) -> None:
    with redis.Redis.from_url(evening.ground.stage.redis_url) as client:
        client.flushall()


def redis_dies_and_comes_back_empty(evening: Evening) -> None:
    server = evening.ground.stage.redis
    server.cut()
    evening.wait_until_told(is_interrupted=True)
    evening.nobody_can_join()
    server.forget()
    server.start()
    evening.wait_until_told(is_interrupted=False)


def redis_is_a_black_hole(evening: Evening) -> None:
    evening.ground.redis.black_hole()
    evening.wait_until_told(is_interrupted=True)
    evening.nobody_can_join()
    time.sleep(evening.size.silence_seconds)
    evening.nobody_can_join()
    evening.ground.redis.heal()
    evening.wait_until_told(is_interrupted=False)


def every_connection_to_postgres_is_cut(evening: Evening) -> None:
    assert evening.ground.postgres.cut()


def a_web_worker_is_killed(evening: Evening) -> None:
    _, *workers = evening.ground.stage.web.pids
    psutil.Process(workers[0]).send_signal(signal.SIGKILL)


def the_relay_is_killed(evening: Evening) -> None:
    """Whoever looks at the line tends it."""
    evening.ground.relay.kill()
    time.sleep(evening.size.silence_seconds)
    evening.ground.relay.start()


CUT = 0
"""No answer: whose worker was killed may notice only when something else breaks already."""

Fault = Callable[[Evening], None]
FAULTS: list[Fault] = [
    redis_forgets_everything,
    redis_dies_and_comes_back_empty,
    redis_is_a_black_hole,
    every_connection_to_postgres_is_cut,
    a_web_worker_is_killed,
    the_relay_is_killed,
]
REDIS_IS_AWAY = {redis_dies_and_comes_back_empty.__name__, redis_is_a_black_hole.__name__}


def test_a_line_goes_on_whatever_breaks(ground: Ground, seed: int) -> None:
    """All of it in one evening, in an order that depends on the seed."""
    faults = random.Random(seed).sample(FAULTS, len(FAULTS))

    sell_through_the_line(ground, seed, faults, SHORT)


@pytest.mark.parametrize("fault", [pytest.param(each, marks=LONG_MARKS, id=each.__name__)
                                   for each in FAULTS])  # fmt: skip
def test_a_long_line_goes_on(ground: Ground, seed: int, fault: Fault) -> None:
    sell_through_the_line(ground, seed, [fault], LONG)


def sell_through_the_line(ground: Ground, seed: int, faults: list[Fault], size: Size) -> None:
    reseller, rush, beside = ground.on_sale(size)
    ground.begin(size)
    crowd = Crowd(
        ground.stage, reseller, rush, seed, size.customers, size.early, size.arriving_seconds
    )
    sale = Sale(ground.stage, reseller, beside, seed, buyers=2)
    evening = Evening(ground, crowd, size, Asker(crowd))
    began = time.monotonic()
    with Watcher(crowd) as watcher:
        crowd.begin()
        sale.begin()
        gather(evening)
        for fault in faults:
            evening.wait_for_orders(1)
            assert crowd.goes_on, "all was sold before anything broke"
            crowd.fault = fault.__name__
            evening.begun.append(round(time.monotonic() - began, 1))
            fault(evening)
            evening.begun.append(round(time.monotonic() - began, 1))
            crowd.fault = ""
        crowd.wait(size.ending_seconds)

    sale.close()
    tell(evening, watcher, sale, faults, began)

    reckon(evening, watcher, sale, faults)


def gather(evening: Evening) -> None:
    """Until all who come early have a place; then the sale begins."""
    crowd, deadline = evening.crowd, time.monotonic() + evening.size.ending_seconds
    while not all(each.place for each in crowd.customers if each.is_early):
        assert time.monotonic() < deadline, crowd.complaints[:3]
        time.sleep(POLL_SECONDS)
    with crowd.stage.connected(crowd.reseller) as database:
        database.execute(
            "UPDATE shows SET on_sale_at = now() WHERE reference = %s", [crowd.on_sale.show]
        )
    crowd.has_begun.set()


def reckon(evening: Evening, watcher: Watcher, sale: Sale, faults: list[Fault]) -> None:
    """Fail unless every promise was kept, to everybody."""
    crowd, size = evening.crowd, evening.size
    assert crowd.complaints == []
    assert set(crowd.ends()) <= set(End), crowd.ends()
    assert crowd.ends()[End.TICKETS] > 0

    is_away = {each.__name__ for each in faults} & REDIS_IS_AWAY
    told = {200, CUT} if a_web_worker_is_killed in faults else {200}
    for fault, what, status in crowd.answers:
        assert fault not in is_away or what != "now serving" or status in told, crowd.answers
    assert is_away <= {fault for fault, _ in crowd.placed_at}, "who has a pass buys"

    assert watcher.most() <= 2 * size.seats, watcher.seen
    assert watcher.longest_above(size.seats) <= ABOVE_SECONDS
    assert watcher.steps_back() == []

    assert sale.complaints == []
    assert sale.longest_gap_seconds() < ORDINARY_GAP_SECONDS
    assert {each.order["id"] for each in sale.placed} == look(sale).orders.keys()
    with crowd.stage.connected(crowd.reseller) as database:
        orders = database.execute(
            "SELECT o.reference, o.state FROM orders o JOIN shows s ON s.id = o.show_id"
            " WHERE s.reference = %s",
            [crowd.on_sale.show],
        ).fetchall()
    assert {reference for reference, _ in orders} == set(crowd.orders.values())
    assert len(orders) == len(crowd.orders)
    assert sum(state != "cancelled" for _, state in orders) <= size.tickets


def tell(evening: Evening, watcher: Watcher, sale: Sale, faults: list[Fault], began: float) -> None:
    print(
        json.dumps(
            {
                "faults": [fault.__name__ for fault in faults],
                "seed": evening.crowd.seed,
                "seconds": round(time.monotonic() - began, 1),
                "ends": evening.crowd.ends(),
                "orders during": Counter(fault for fault, _ in evening.crowd.placed_at),
                "most let in": watcher.most(),
                "seats": evening.size.seats,
                "seconds above": round(watcher.longest_above(evening.size.seats), 1),
                "ordinary orders": len(sale.placed),
                "ordinary tries": sale.statuses,
                "ordinary gaps, and when": [
                    (round(gap, 1), round(at - began, 1)) for gap, at in sale.gaps()
                ],
                "faults at": evening.begun,
                "answers": {" ".join(map(str, k)): v for k, v in evening.crowd.answers.items()},
            },
            indent=1,
        )
    )
