"""What is left, in the words that people are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.catalogue.models import TicketType
from core.catalogue.sale import Phase

LAST = 5
FEW_SHARE = 0.1
"""Below a tenth of the capacity it is 'few left'."""


class TypeState(StrEnum):
    AVAILABLE = "available"
    FEW = "few"
    LAST = "last"
    HELD = "held"
    SOLD_OUT = "sold_out"
    NOT_YET = "not_yet"
    CLOSED = "closed"


@dataclass(frozen=True)
class Availability:
    """A ticket type as a buyer sees it at one moment; never what a sale is decided on."""

    ticket_type: TicketType
    state: TypeState
    left: int
    """Free now, expired holds included."""
    may_return_at: datetime | None
    """When the next hold runs out, if holds are all that stands in the way."""


def availability(
    ticket_type: TicketType, phase: Phase, *, lapsed: int = 0, next_expiry: datetime | None = None
) -> Availability:
    """Judge one ticket type. `lapsed`: tickets in holds that are over but not yet tidied away."""
    left = ticket_type.left + lapsed
    state = _state(ticket_type, phase, left)
    return Availability(ticket_type, state, left, next_expiry if state is TypeState.HELD else None)


def _state(ticket_type: TicketType, phase: Phase, left: int) -> TypeState:
    if phase is Phase.UPCOMING:
        return TypeState.NOT_YET
    if phase is not Phase.ON_SALE:
        return TypeState.CLOSED
    if left <= 0:
        is_gone = ticket_type.sold >= ticket_type.capacity
        return TypeState.SOLD_OUT if is_gone else TypeState.HELD
    if left <= LAST:
        return TypeState.LAST
    return TypeState.FEW if left <= ticket_type.capacity * FEW_SHARE else TypeState.AVAILABLE
