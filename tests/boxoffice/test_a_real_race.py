"""Several processes, many threads, one stock: what there is is sold, and nothing of it twice.

SEED=… repeats what the buyers want; SOAK_SECONDS is how long `make soak` races.
"""

import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from core.catalogue import TicketType
from core.database import db, transaction
from core.orders import Order, OrderLine
from core.tickets import Ticket
from tests import world
from tests.boxoffice.crowd import SOLD_OUT, Attempt, Crowd, Stall, buy_all, duel

LOSERS_SECONDS = 2.0
"""By then the others know that it is gone."""
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "30"))
LONG_MARKS = [pytest.mark.soak, pytest.mark.timeout(4 * 3600)]


@dataclass(frozen=True)
class Size:
    processes: int
    threads: int
    stock: tuple[int, ...]
    """Tickets of each type."""
    seconds: float = 0.0
    """Race again on new stock until so much time has gone; once at least."""


SHORT_DUEL = Size(2, 25, stock=(1,) * 20)
RACE = [
    pytest.param(Size(4, 12, stock=(200, 300, 400, 2000)), id="short"),
    pytest.param(
        Size(8, 25, stock=(4000, 6000, 8000, 2000), seconds=SOAK_SECONDS),
        id="long",
        marks=LONG_MARKS,
    ),
]
DUEL = [
    pytest.param(SHORT_DUEL, id="short"),
    pytest.param(Size(4, 125, stock=(1,) * 200), id="long", marks=LONG_MARKS),
]


@pytest.mark.parametrize("size", RACE)
def test_everything_is_sold_once(reseller: Any, seed: int, size: Size):
    began, races = time.monotonic(), 0
    attempts: list[Attempt] = []
    while not races or time.monotonic() - began < size.seconds:
        show, types = open_show(size.stock)
        crowd = Crowd(size.processes, size.threads, seed + races)

        latest = crowd.go(buy_all, Stall(reseller.slug, show, types))

        assert {each.outcome for each in latest if not each.is_placed} == {SOLD_OUT}
        assert stock(types) == [(capacity, capacity) for capacity in size.stock]
        check_orders(show, [each for each in latest if each.is_placed])
        attempts += latest
        races += 1
    tell("race", seed, began, attempts, races=races)


@pytest.mark.parametrize("size", DUEL)
def test_the_last_ticket_has_one_winner(reseller: Any, seed: int, size: Size):
    began = time.monotonic()
    show, types = open_show(size.stock)
    crowd = Crowd(size.processes, size.threads, seed)

    attempts = crowd.go(duel, Stall(reseller.slug, show, types))

    by_round = {each: Counter[str]() for each in types}
    for attempt in attempts:
        by_round[next(iter(attempt.cart))]["won" if attempt.is_placed else attempt.outcome] += 1
    as_it_should_be = Counter({"won": 1, SOLD_OUT: crowd.buyers - 1})
    assert [found for found in by_round.values() if found != as_it_should_be] == []
    assert stock(types) == [(1, 1)] * len(types)
    if size is SHORT_DUEL:
        assert max(each.seconds for each in attempts) < LOSERS_SECONDS
    tell("duel", seed, began, attempts, rounds=len(types))


def open_show(capacities: tuple[int, ...]) -> tuple[str, tuple[str, ...]]:
    """A show with a ticket type for each of these; their references."""
    show = world.add_show(is_published=False)
    with transaction():
        types = [
            world.add_type(show, name=f"Block {number}", capacity=capacity)
            for number, capacity in enumerate(capacities)
        ]
        world.catalogue.publish(show)
        return show.reference, tuple(each.reference for each in types)


def stock(types: tuple[str, ...]) -> list[tuple[int, int]]:
    """Of each type: what was taken by the counter, and tickets that are there."""
    tickets = (
        sa.select(sa.func.count())
        .where(Ticket.ticket_type_id == TicketType.id)
        .correlate(TicketType)
        .scalar_subquery()
    )
    with transaction():
        rows = db.session.execute(
            sa.select(TicketType.held + TicketType.sold, tickets)
            .where(TicketType.reference.in_(types))
            .order_by(TicketType.id)
        )
        return [tuple(row) for row in rows]


def check_orders(show: str, placed: list[Attempt]) -> None:
    """Everybody who was told of an order has it, with what was asked for; there is no other."""
    with transaction():
        stored: dict[str, dict[str, int]] = {}
        for order, ticket_type, quantity in db.session.execute(
            sa.select(Order.reference, TicketType.reference, OrderLine.quantity)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(TicketType, TicketType.id == OrderLine.ticket_type_id)
            .where(Order.show.has(reference=show))
        ):
            stored.setdefault(order, {})[ticket_type] = quantity
    assert {each.outcome: each.cart for each in placed} == stored
    assert len(placed) == len(stored)


def tell(test: str, seed: int, began: float, attempts: list[Attempt], **facts: int) -> None:
    """The figures of a run, a line of JSON."""
    seconds = sorted(each.seconds for each in attempts)
    figures = {
        "attempts": len(attempts),
        "orders": sum(each.is_placed for each in attempts),
        "tickets": sum(sum(each.cart.values()) for each in attempts if each.is_placed),
        "p50_ms": round(seconds[len(seconds) // 2] * 1000),
        "p99_ms": round(seconds[int(len(seconds) * 0.99)] * 1000),
        "max_ms": round(seconds[-1] * 1000),
    }
    ran = round(time.monotonic() - began, 1)
    print(json.dumps({"test": test, "seed": seed, "seconds": ran, **facts, **figures}))
