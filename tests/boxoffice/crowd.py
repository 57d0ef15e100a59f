"""A crowd of buyers in several processes, and in each in many threads: as many web workers would.

They buy by core's front, with a connection pool and a line of their own in each process.
"""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from tests.boxoffice.wishing import Cart, Wishes

BEGIN_SECONDS = 60
"""For all to have started; each process reads the whole product first."""
END_SECONDS = 3600
SOLD_OUT = "SoldOut"


@dataclass(frozen=True)
class Attempt:
    """What one buyer got: an order's reference, SOLD_OUT, or what went wrong."""

    cart: Cart
    outcome: str
    seconds: float

    @property
    def is_placed(self) -> bool:
        return self.outcome.startswith("ord_")


@dataclass(frozen=True)
class Stall:
    """Where to buy: a reseller, one of its shows, and what is on offer."""

    slug: str
    show: str
    types: tuple[str, ...]


Act = Callable[[Stall, random.Random, Barrier], list[Attempt]]
"""What each thread does, given its own chance and a starting signal; a function of a module."""


@dataclass(frozen=True)
class Crowd:
    processes: int
    threads: int
    """In each process."""
    seed: int

    @property
    def buyers(self) -> int:
        return self.processes * self.threads

    def go(self, act: Act, stall: Stall) -> list[Attempt]:
        """Let them all act at once; every attempt of everybody."""
        context = multiprocessing.get_context("spawn")
        barrier = context.Barrier(self.buyers)
        answers: Queue[list[Attempt]] = context.Queue()
        processes = [
            context.Process(target=self._be, args=[each, act, stall, barrier, answers], daemon=True)
            for each in range(self.processes)
        ]
        for process in processes:
            process.start()
        try:
            found = [answers.get(timeout=END_SECONDS) for _ in processes]
        finally:
            for process in processes:
                process.join(BEGIN_SECONDS)
                process.kill()
        return [attempt for attempts in found for attempt in attempts]

    def _be(
        self,
        number: int,
        act: Act,
        stall: Stall,
        barrier: Barrier,
        answers: "Queue[list[Attempt]]",
    ) -> None:
        """One process of the crowd."""
        from core import tenancy
        from jobs import program

        program.begin()
        app = program.application()
        with app.app_context():
            tenant = tenancy.find_by_slug(stall.slug)
        assert tenant
        found: list[Attempt] = []

        def run(thread: int) -> None:
            chance = random.Random(f"{self.seed} {number} {thread}")
            with app.app_context(), tenancy.bound_to(tenant):
                found.extend(act(stall, chance, barrier))

        threads = [
            threading.Thread(target=run, args=[each], daemon=True) for each in range(self.threads)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join(END_SECONDS)
        answers.put(found)


def buy_all(stall: Stall, chance: random.Random, barrier: Barrier) -> list[Attempt]:
    """One buyer after the other, until there is nothing left that anybody could want."""
    wishes, attempts = Wishes(stall.types, chance), []
    barrier.wait(BEGIN_SECONDS)
    while wishes:
        attempt = _try(stall, wishes.next())
        attempts.append(attempt)
        if attempt.is_placed:
            wishes.grant()
        elif attempt.outcome == SOLD_OUT:
            wishes.refuse(attempt.cart)
        else:
            break
    return attempts


def duel(stall: Stall, _: random.Random, barrier: Barrier) -> list[Attempt]:
    """A round for each type, of which there is one ticket: all want it at the same moment."""
    attempts = []
    for each in stall.types:
        barrier.wait(BEGIN_SECONDS)
        attempts.append(_try(stall, {each: 1}))
    return attempts


def _try(stall: Stall, cart: Cart) -> Attempt:
    from core.boxoffice import SoldOut
    from tests.boxoffice import buying

    began = time.monotonic()
    try:
        outcome = buying.hold(stall.show, cart)
    except SoldOut:
        outcome = SOLD_OUT
    except Exception as error:
        outcome = repr(error)
    return Attempt(cart, outcome, time.monotonic() - began)
