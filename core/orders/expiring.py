"""Tidying away holds whose time is over. They were sellable before: this only writes it down."""

import sqlalchemy as sa

from core import boxoffice, events, tickets
from core.database import db
from core.moves import move
from core.orders.models import Order
from core.orders.queries import quantities
from core.orders.states import LIFE, OrderState
from core.tickets import TicketState

BATCH = 100


def expire_overdue(*, show_id: int | None = None) -> int:
    """Expire up to BATCH overdue orders (of one show); return how many. Runs at the till."""
    overdue = sa.select(Order).where(
        Order.state == OrderState.HELD, Order.expires_at <= sa.func.clock_timestamp()
    )
    if show_id is not None:
        overdue = overdue.where(Order.show_id == show_id)
    orders = db.session.scalars(overdue.order_by(Order.expires_at).limit(BATCH)).all()
    for order in orders:
        move(LIFE, order, OrderState.EXPIRED, reason="not paid in time")
        boxoffice.release(quantities(order))
        tickets.void(order.id, before=TicketState.HELD, reason="order expired")
        events.record("order.expired", order)
    return len(orders)
