"""Counting stock: conditional updates, in the order of ids, with constraints underneath."""

from collections.abc import Mapping

import sqlalchemy as sa

from core.catalogue import TicketType
from core.database import db
from core.errors import Conflict

Quantities = Mapping[int, int]
"""Tickets by id of their ticket type."""


class SoldOut(Conflict):
    """Not enough of a ticket type is left; `ticket_type_id` says of which, `left` how many are."""

    code = "sold_out"
    title = "Just sold out"

    def __init__(self, ticket_type_id: int, name: str, left: int) -> None:
        self.ticket_type_id = ticket_type_id
        self.left = max(left, 0)
        super().__init__(
            f"{name}: only {self.left} left." if self.left else f"{name}: none left right now."
        )


def _change(ticket_type_id: int, condition: sa.ColumnElement[bool], **change: object) -> bool:
    return (
        db.session.execute(
            sa.update(TicketType)
            .where(TicketType.id == ticket_type_id, condition)
            .values(**change)
            .returning(TicketType.id)
            .execution_options(synchronize_session=False)
        ).first()
        is not None
    )


def _free(count: int) -> sa.ColumnElement[bool]:
    return TicketType.capacity - TicketType.held - TicketType.sold >= count


def _sold_out(ticket_type_id: int) -> SoldOut:
    row = db.session.execute(
        sa.select(TicketType.name, TicketType.capacity - TicketType.held - TicketType.sold).where(
            TicketType.id == ticket_type_id
        )
    ).one()
    return SoldOut(ticket_type_id, row[0], row[1])


def is_short(quantities: Quantities) -> bool:
    """Whether the counters, which count holds that are over, leave too little of one of these."""
    free = db.session.execute(
        sa.select(TicketType.id, TicketType.capacity - TicketType.held - TicketType.sold).where(
            TicketType.id.in_(quantities)
        )
    )
    return any(left < quantities[ticket_type_id] for ticket_type_id, left in free)


def take(quantities: Quantities) -> None:
    """Hold these, all or none. Raises SoldOut; the caller's transaction then ends."""
    for ticket_type_id, count in sorted(quantities.items()):
        if not _change(ticket_type_id, _free(count), held=TicketType.held + count):
            raise _sold_out(ticket_type_id)


def release(quantities: Quantities) -> None:
    """Put held ones back on sale."""
    for ticket_type_id, count in sorted(quantities.items()):
        _must(
            _change(ticket_type_id, TicketType.held >= count, held=TicketType.held - count),
            "released more than was held",
        )


def sell_held(quantities: Quantities) -> None:
    """From held to sold."""
    for ticket_type_id, count in sorted(quantities.items()):
        _must(
            _change(
                ticket_type_id,
                TicketType.held >= count,
                held=TicketType.held - count,
                sold=TicketType.sold + count,
            ),
            "sold more than was held",
        )


def resell(quantities: Quantities) -> None:
    """Sell without a hold: what was paid for too late, if it is still there. Raises SoldOut."""
    for ticket_type_id, count in sorted(quantities.items()):
        if not _change(ticket_type_id, _free(count), sold=TicketType.sold + count):
            raise _sold_out(ticket_type_id)


def return_sold(quantities: Quantities) -> None:
    """Put sold ones back on sale, after a refund."""
    for ticket_type_id, count in sorted(quantities.items()):
        _must(
            _change(ticket_type_id, TicketType.sold >= count, sold=TicketType.sold - count),
            "returned more than was sold",
        )


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(f"box office: {otherwise}")
