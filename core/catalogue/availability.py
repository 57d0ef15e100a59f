"""What is left, in the words that people are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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


class Counted(Protocol):
    """The stock of a ticket type: its own row, or what was published of it."""

    @property
    def capacity(self) -> int: ...
    @property
    def sold(self) -> int: ...
    @property
    def left(self) -> int: ...


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
    ticket_type: TicketType,
    phase: Phase,
    counted: Counted | None = None,
    *,
    next_expiry: datetime | None = None,
) -> Availability:
    """Judge one ticket type by these counts, or by those of its row."""
    counted = counted or ticket_type
    state = _state(counted, phase)
    return Availability(
        ticket_type, state, counted.left, next_expiry if state is TypeState.HELD else None
    )


def _state(counted: Counted, phase: Phase) -> TypeState:
    if phase is Phase.UPCOMING:
        return TypeState.NOT_YET
    if phase is not Phase.ON_SALE:
        return TypeState.CLOSED
    if counted.left <= 0:
        return TypeState.SOLD_OUT if counted.sold >= counted.capacity else TypeState.HELD
    if counted.left <= LAST:
        return TypeState.LAST
    return TypeState.FEW if counted.left <= counted.capacity * FEW_SHARE else TypeState.AVAILABLE
