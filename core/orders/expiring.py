"""Tidying away holds whose time is over. They were sellable before: this only writes it down."""

from collections.abc import Collection

import sqlalchemy as sa

from core import boxoffice, events, tickets
from core.database import db
from core.moves import move_all
from core.orders.models import Order, OrderLine
from core.orders.states import LIFE, OrderState
from core.tickets import TicketState

BATCH = 1000
MOST_ROUNDS = 10
"""Of so many, for one who finds too little left: everybody waits meanwhile."""


def expire_overdue(*, ticket_type_ids: Collection[int] | None = None) -> int:
    """Expire up to BATCH overdue orders (that hold some of these types); return how many.

    Set-wise: a thousand holds that run out together take a few statements. Runs at the till.
    """
    # Of the statement, which is later than the lock: clock_timestamp() would be asked for every row
    # that is held, instead of once for the index.
    is_over = Order.expires_at <= sa.func.statement_timestamp()
    overdue = sa.select(Order.id).where(Order.state == OrderState.HELD, is_over)
    if ticket_type_ids is not None:
        overdue = overdue.where(
            sa.exists().where(
                OrderLine.order_id == Order.id, OrderLine.ticket_type_id.in_(ticket_type_ids)
            )
        )
    chosen = list(db.session.scalars(overdue.order_by(Order.expires_at).limit(BATCH)))
    if not chosen:
        return 0
    expired = move_all(
        LIFE,
        Order,
        Order.id.in_(chosen) & is_over,
        OrderState.HELD,
        OrderState.EXPIRED,
        reason="not paid in time",
    )
    boxoffice.release(_held_by(expired))
    tickets.void(*expired, before=TicketState.HELD, reason="order expired")
    events.record_all("order.expired", _subjects(expired))
    return len(expired)


def _held_by(order_ids: list[int]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(OrderLine.ticket_type_id, sa.func.sum(OrderLine.quantity))
        .where(OrderLine.order_id.in_(order_ids))
        .group_by(OrderLine.ticket_type_id)
    )
    return {ticket_type_id: int(count) for ticket_type_id, count in rows}


def _subjects(order_ids: list[int]) -> list[events.Named]:
    rows = db.session.execute(sa.select(Order.id, Order.reference).where(Order.id.in_(order_ids)))
    return [events.Named(row.id, row.reference) for row in rows]
