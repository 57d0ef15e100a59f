"""Giving tickets their validity, and taking it; always whole orders at a time."""

from collections.abc import Iterable

import sqlalchemy as sa

from core.database import db
from core.moves import move_all
from core.tickets.models import LIFE, Ticket, TicketState


def validate(order_id: int, *, before: TicketState, holder: str | None, reason: str) -> None:
    """Make an order's tickets open the gate, in the name they are for."""
    move_all(LIFE, Ticket, Ticket.order_id == order_id, before, TicketState.VALID, reason=reason)
    db.session.execute(
        sa.update(Ticket)
        .where(Ticket.order_id == order_id, Ticket.holder.is_(None))
        .values(holder=holder)
    )


def void(*order_ids: int, before: TicketState, reason: str) -> None:
    """Take the validity of all tickets of these orders that are in this state."""
    move_all(LIFE, Ticket, Ticket.order_id.in_(order_ids), before, TicketState.VOID, reason=reason)


def void_some(ticket_ids: Iterable[int], *, reason: str) -> list[int]:
    """Take the validity of these tickets; return the ids of those that had it."""
    chosen = Ticket.id.in_(list(ticket_ids))
    voided: list[int] = []
    for before in (TicketState.VALID, TicketState.USED):
        voided += move_all(LIFE, Ticket, chosen, before, TicketState.VOID, reason=reason)
    return voided


def of_order(order_id: int) -> list[Ticket]:
    return list(
        db.session.scalars(
            sa.select(Ticket).where(Ticket.order_id == order_id).order_by(Ticket.line_id, Ticket.id)
        )
    )
