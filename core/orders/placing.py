"""Placing an order: the tickets are held first, everything else follows.

Who places an order stands in line with everybody else of this process who does so at this moment;
one of them goes to the till and places all their orders in one transaction (boxoffice.Line).
"""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache

from core import boxoffice, settings
from core.database import Unbound, binding, db
from core.orders.asking import Asked, Once, Outcome, Repeatable
from core.orders.models import Order
from core.orders.paying import pay
from core.orders.serving import place_all
from core.orders.snapshots import Snapshot
from core.orders.states import OrderState
from core.orders.wanting import Wish, check
from core.orders.writing import COSTS_NOTHING

MOST_LINES = 10_000
"""Resellers whose line a process remembers. A line that is forgotten is served to its end."""


def place(wish: Wish) -> Snapshot:
    """Hold tickets in a new order until its `expires_at`; what costs nothing is paid at once.

    All ticket types or none. Prices and fees are those of this moment and stay. It is committed
    when this returns, in a transaction of its own: the caller has none open. Raises NotFound,
    NotOnSale, Invalid, OverLimit, OverCustomerLimit, SoldOut, and Busy or Unknown.
    """
    outcome = _ask(Asked(wish))
    assert isinstance(outcome, Snapshot)
    return outcome


def place_once(wish: Wish, once: Once) -> Repeatable:
    """Place an order as `place` does, or find the answer that was given before under this key.

    Raises what `place` raises unless `once` makes an answer of it, and KeyReused.
    """
    outcome = _ask(Asked(wish, once))
    assert isinstance(outcome, Repeatable)
    return outcome


def place_free(order: Order) -> None:
    """An order that costs nothing is paid when it gets a name to it later. Runs at the till."""
    if order.total_minor == 0 and order.has_customer and order.state == OrderState.HELD:
        pay(order, reason=COSTS_NOTHING)


def _ask(asked: Asked) -> Outcome:
    check(asked.wish.wanted)
    if db.session.registry.has():
        session = db.session()
        is_open = session.new or session.deleted or any(map(session.is_modified, session.dirty))
        assert not is_open, "orders are placed in a transaction of their own"
        session.rollback()  # nobody keeps a connection while standing in line
    bound = binding()
    if bound is None:
        raise Unbound("No reseller is bound: enter tenancy.bound_to(reseller) first.")
    begun = time.monotonic()
    try:
        return _line_of(bound.cell, bound.schema).ask(asked)
    finally:
        boxoffice.observe(bound.schema, time.monotonic() - begun)


@lru_cache(maxsize=MOST_LINES)
def _line_of(_cell: str, _schema: str) -> "boxoffice.Line[Asked, Outcome]":
    """The line of this process at the box office of a reseller."""
    return boxoffice.Line(_serve, batch=settings.load().box_office_batch)


def _serve(draw: Callable[[], Sequence[Asked]]) -> list[Outcome]:
    is_again = False

    def work() -> list[Outcome]:
        nonlocal is_again
        outcomes = place_all(draw(), is_again=is_again)
        is_again = True
        return outcomes

    return boxoffice.at_the_till(work, knows_itself=True)
