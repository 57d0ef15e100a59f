"""Servers break in the middle of a sale: every promise is kept, and nothing is sold twice.

SEED=… repeats what buyers want; SOAK_SECONDS is about how long each fault of `make soak` goes on.
"""

import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil
import pytest
import redis

from bench import stage
from bench.resellers import OnSale, Reseller
from bench.stage import Stage
from tests.faults.proxy import PostgresProxy, Proxy, When
from tests.faults.reckoning import reckon
from tests.faults.sale import Sale

BEFORE_THE_FAULT = 50
"""Orders that are placed before something breaks, and between two faults of a long run."""
DURING_THE_FAULT = 50
"""Orders that must be placed while Redis is away: a sale does not need it."""
REDIS_GAP_SECONDS = 5.0
"""Longest time without an order while Redis is away; each wait for it is bounded by half a second
(core/redis.py), and this machine may be busy with other things."""
CUTS_AT_COMMIT = 5
SILENCE_SECONDS = 3.0
FAR_AWAY_SECONDS = 0.05
AT_THE_TILL = "LOCK TABLE till"
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "30"))
TICKETS_A_SECOND = 300
"""Of a type: about what these buyers take."""
TYPES = 3
SHOWS = [TYPES] * 8


@dataclass(frozen=True)
class Size:
    capacity: int
    seconds: float
    """It breaks again and again for so long, and once at least."""


SHORT = Size(400, 0)
LONG = Size(SOAK_SECONDS * TICKETS_A_SECOND, SOAK_SECONDS)
LONG_MARKS = [pytest.mark.soak, pytest.mark.timeout(SOAK_SECONDS * 10 + 180)]
LONG_ONE = pytest.param(LONG, id="long", marks=LONG_MARKS)
SIZES = [pytest.param(SHORT, id="short"), LONG_ONE]


@dataclass
class Ground:
    """A stage, and the wires between its web server and the two others."""

    stage: Stage
    postgres: PostgresProxy
    redis: Proxy
    shows: Iterator[OnSale]
    """Opened beforehand, one for each short sale."""

    def next_show(self, size: Size) -> tuple[Reseller, OnSale]:
        if size is SHORT:
            return self.stage.reseller, next(self.shows)
        slug = f"sale-{secrets.token_hex(4)}"
        reseller = self.stage.open_reseller(slug, shows=(TYPES,), capacity=size.capacity)
        return reseller, reseller.shows[0]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with (
        stage.open(shows=SHOWS, capacity=SHORT.capacity, own_servers=True) as it,
        PostgresProxy(it.database_url) as postgres_wire,
        Proxy(it.redis_url) as redis_wire,
    ):
        it.restart_web({"DATABASE_URL": postgres_wire.url, "REDIS_URL": redis_wire.url})
        yield Ground(it, postgres_wire, redis_wire, iter(it.reseller.shows))
        it.web.stop()
        assert json.loads(it.run("-m", "bench.auditing")) == []


def redis_forgets_everything(ground: Ground, sale: Sale) -> None:
    with redis.Redis.from_url(ground.stage.redis_url) as client:
        client.flushall()
    sale.wait_for_more(DURING_THE_FAULT)


def redis_dies_and_comes_back_empty(ground: Ground, sale: Sale) -> None:
    ground.stage.redis.cut()
    sale.wait_for_more(DURING_THE_FAULT)
    ground.stage.redis.forget()
    ground.stage.redis.start()


def redis_is_a_black_hole(ground: Ground, sale: Sale) -> None:
    ground.redis.black_hole()
    sale.wait_for_more(DURING_THE_FAULT)
    ground.redis.heal()


def postgres_dies_and_recovers(ground: Ground, _: Sale) -> None:
    ground.stage.postgres.cut()
    ground.stage.postgres.start()


def every_connection_to_postgres_is_cut(ground: Ground, _: Sale) -> None:
    assert ground.postgres.cut()


def connections_are_cut_before_commit(ground: Ground, sale: Sale) -> None:
    _cut_at_commit(ground, sale, When.BEFORE)


def connections_are_cut_after_commit(ground: Ground, sale: Sale) -> None:
    _cut_at_commit(ground, sale, When.AFTER)


def _cut_at_commit(ground: Ground, sale: Sale, when: When) -> None:
    before = ground.postgres.cuts
    ground.postgres.cut_at_commit(when, of=AT_THE_TILL, times=CUTS_AT_COMMIT)
    sale.wait_for_more(DURING_THE_FAULT)
    assert ground.postgres.cuts > before


def a_web_worker_is_killed(ground: Ground, _: Sale) -> None:
    _, *workers = ground.stage.web.pids
    psutil.Process(workers[0]).send_signal(signal.SIGKILL)


def postgres_is_silent_for_a_while(ground: Ground, _: Sale) -> None:
    ground.postgres.black_hole()
    time.sleep(SILENCE_SECONDS)
    ground.postgres.heal()


def postgres_is_far_away(ground: Ground, sale: Sale) -> None:
    ground.postgres.delay_seconds = FAR_AWAY_SECONDS
    sale.wait_for_more(DURING_THE_FAULT)
    ground.postgres.heal()


REDIS_FAULTS = [
    redis_forgets_everything,
    redis_dies_and_comes_back_empty,
    redis_is_a_black_hole,
]
OTHER_FAULTS = [
    postgres_dies_and_recovers,
    every_connection_to_postgres_is_cut,
    connections_are_cut_before_commit,
    connections_are_cut_after_commit,
    a_web_worker_is_killed,
]
SLOW_FAULTS = [postgres_is_silent_for_a_while, postgres_is_far_away]
Fault = Callable[[Ground, Sale], None]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("fault", REDIS_FAULTS, ids=lambda fault: fault.__name__)
def test_a_sale_does_not_need_redis(ground: Ground, seed: int, fault: Fault, size: Size):
    sale = sold_out(ground, seed, fault, size)

    assert sale.longest_gap_seconds() < REDIS_GAP_SECONDS


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("fault", OTHER_FAULTS, ids=lambda fault: fault.__name__)
def test_every_promise_is_kept(ground: Ground, seed: int, fault: Fault, size: Size):
    sold_out(ground, seed, fault, size)


@pytest.mark.parametrize("size", [LONG_ONE])
@pytest.mark.parametrize("fault", SLOW_FAULTS, ids=lambda fault: fault.__name__)
def test_a_slow_wire_costs_time_only(ground: Ground, seed: int, fault: Fault, size: Size):
    sold_out(ground, seed, fault, size)


def sold_out(ground: Ground, seed: int, fault: Fault, size: Size) -> Sale:
    """A sale with this fault in its middle, from the first order to the last, reckoned up."""
    sale = Sale(ground.stage, *ground.next_show(size), seed)
    began = time.monotonic()
    faults = 0
    sale.begin()
    sale.wait_for_more(BEFORE_THE_FAULT)
    while sale.goes_on and (not faults or time.monotonic() < began + size.seconds):
        fault(ground, sale)
        faults += 1
        sale.wait_for_more(BEFORE_THE_FAULT)
    ground.postgres.heal()
    sale.end()
    seconds = time.monotonic() - began
    assert faults, "all was sold before anything broke"
    print(
        json.dumps(
            {
                "test": fault.__name__,
                "seed": seed,
                "seconds": round(seconds, 1),
                "faults": faults,
                "orders": len(sale.placed),
                "tries": dict(sale.statuses),
                "longest_gap_seconds": round(sale.longest_gap_seconds(), 2),
            }
        )
    )
    reckon(sale)
    return sale
