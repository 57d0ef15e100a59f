"""Letting people in: the same code at two gates at once admits one."""

import sqlalchemy as sa

from core import events
from core.database import db
from core.errors import Conflict
from core.moves import move
from core.tenancy import current
from core.tickets import codes
from core.tickets.models import LIFE, Ticket, TicketState


class AlreadyIn(Conflict):
    code = "already_checked_in"


class NotValid(Conflict):
    code = "ticket_not_valid"


def check_in(code: str) -> Ticket:
    """Admit the holder of this code, once. Raises BadCode, NotValid, AlreadyIn.

    The lock on its row comes before the look at it: what another gate, a refund or a replacement
    does to the ticket is over before we judge, or waits until we have.
    """
    reference, version = codes.read(current().reference, code)
    ticket = db.session.scalars(
        sa.select(Ticket)
        .where(Ticket.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if ticket is None or ticket.version != version:
        raise NotValid("This ticket has been replaced by a newer one.")
    if ticket.state == TicketState.USED:
        raise AlreadyIn("Somebody has come in with this ticket already.")
    if ticket.state != TicketState.VALID:
        raise NotValid("This ticket is not valid: see the box office.")
    move(
        LIFE,
        ticket,
        TicketState.USED,
        reason="at the gate",
        checked_in_at=sa.func.clock_timestamp(),
    )
    events.record("ticket.checked_in", ticket)
    return ticket
