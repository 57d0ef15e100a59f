"""What people are told is left: published, or else as the primary database has it.

For telling only. Whoever sells counts at the till (core/boxoffice/stock.py).
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import boxoffice, catalogue
from core.boxoffice import Counts, Published
from core.catalogue import Availability, Show, TicketType
from core.database import db
from core.orders.models import Order, OrderLine
from core.orders.states import OrderState


def find_availability(show: Show, at: datetime) -> list[Availability]:
    """What is left of each ticket type that anybody may buy.

    A hold that is over counts as left when it has been tidied away, or when somebody looks at the
    database again: both is a matter of seconds.
    """
    phase = catalogue.phase_of(show, at)
    types = catalogue.ticket_types(show)
    seen = boxoffice.find_published(show.id)
    if seen.is_due or any(each.id not in seen.counts for each in types):
        seen = _look(show.id)
        boxoffice.publish(show.id, seen)
    next_expiry = seen.next_expiry if seen.next_expiry and seen.next_expiry > at else None
    return [
        catalogue.availability(each, phase, seen.counts[each.id], next_expiry=next_expiry)
        for each in types
        if each.id in seen.counts  # else it went meanwhile
    ]


def _look(show_id: int) -> Published:
    """Into the database, in one snapshot; a hold that is over is none."""
    rows = db.session.execute(LOOK, {"show_id": show_id}).all()
    counts = {row.id: Counts(row.version, row.capacity, row.held, row.sold) for row in rows}
    return Published(counts, rows[0].next_expiry if rows else None)


def _looking() -> sa.Select[*tuple[Any, ...]]:
    held = (Order.show_id == sa.bindparam("show_id")) & (Order.state == OrderState.HELD)
    # The time of the statement, which does not change while it runs: so an index finds the few.
    is_over = Order.expires_at <= sa.func.statement_timestamp()
    over = (
        sa.select(OrderLine.ticket_type_id, sa.func.sum(OrderLine.quantity).label("quantity"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(held, is_over)
        .group_by(OrderLine.ticket_type_id)
        .subquery("over")
    )
    next_expiry = sa.select(sa.func.min(Order.expires_at)).where(held, ~is_over).scalar_subquery()
    still_held = TicketType.held - sa.func.coalesce(over.c.quantity, 0)
    return (
        sa.select(
            TicketType.id,
            boxoffice.VERSION,
            TicketType.capacity,
            sa.cast(still_held, sa.BigInteger).label("held"),
            TicketType.sold,
            next_expiry.label("next_expiry"),
        )
        .select_from(TicketType)
        .outerjoin(over, over.c.ticket_type_id == TicketType.id)
        .where(TicketType.show_id == sa.bindparam("show_id"))
    )


LOOK = _looking()
