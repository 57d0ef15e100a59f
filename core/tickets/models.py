"""A ticket and its life."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core import references
from core.catalogue import TicketType
from core.database import Model
from core.moves import Life, id_column, reference_column


class TicketState(StrEnum):
    HELD = "held"
    VALID = "valid"
    USED = "used"
    VOID = "void"


LIFE = Life(
    "ticket",
    {
        TicketState.HELD: frozenset({TicketState.VALID, TicketState.VOID}),
        TicketState.VALID: frozenset({TicketState.USED, TicketState.VOID}),
        TicketState.USED: frozenset({TicketState.VOID}),
        TicketState.VOID: frozenset({TicketState.VALID}),  # paid after its hold had run out
    },
)


class Ticket(Model):
    __tablename__ = "tickets"
    __table_args__ = (sa.Index(None, "order_id"),)

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("ticket")
    order_id: Mapped[int]
    line_id: Mapped[int]
    ticket_type_id: Mapped[int] = mapped_column(sa.ForeignKey(TicketType.id))
    holder: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    """Part of the signed code: a code of an older version opens no gate."""
    state: Mapped[str] = mapped_column(server_default=TicketState.HELD)
    checked_in_at: Mapped[datetime | None]

    @property
    def number(self) -> str:
        return references.short_number(self.reference)
