"""Reading what somebody wants: how many of which ticket type."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core import actors, references
from core.errors import Invalid
from core.fees import Plan

MAX_TICKETS = 100
"""In one order, over all its ticket types."""
MAX_LINES = 20
MAX_DIGITS = 9


@dataclass(frozen=True)
class Wanted:
    """So many tickets of a type, named by its reference."""

    ticket_type: str
    quantity: int


@dataclass(frozen=True)
class Wish:
    """What somebody asks of the box office, and who."""

    show: str
    """Reference of the show."""
    wanted: Sequence[Wanted]
    channel: str
    """'storefront' or 'api'."""
    plan: Plan | None = None
    email: str | None = None
    name: str | None = None
    customer_id: int | None = None
    place: str | None = None
    """Whose pass from the waiting room was shown, where one is needed (core/waitingroom)."""
    actor: str = field(default_factory=actors.current)
    """Noted here, as somebody else may write it down (boxoffice.Line)."""


def read_wanted(fields: Iterable[tuple[str, str]]) -> list[Wanted]:
    """Read pairs of reference and quantity as people send them; zeros and blanks fall away.

    Raises Invalid, in words for the person who typed it.
    """
    wanted: dict[str, int] = {}
    for reference, text in fields:
        written = text.strip()
        if not references.is_one(reference, "ticket_type"):
            raise Invalid("There is no such ticket type.", field=f"quantity-{reference[:40]}")
        field = f"quantity-{reference}"
        if not written:
            continue
        if not (written.isascii() and written.isdecimal()) or len(written) > MAX_DIGITS:
            raise Invalid("Please give the number of tickets as a whole number.", field=field)
        if reference in wanted:
            raise Invalid("A ticket type was named twice.", field=field)
        wanted[reference] = int(written)
    chosen = [Wanted(reference, count) for reference, count in wanted.items() if count]
    check(chosen)
    return chosen


def check(wanted: Sequence[Wanted]) -> None:
    """Raises Invalid unless this can be an order at all."""
    if not wanted:
        raise Invalid("Please choose at least one ticket.", field="quantity")
    if len(wanted) > MAX_LINES:
        raise Invalid(f"An order has at most {MAX_LINES} ticket types.", field="quantity")
    if len({each.ticket_type for each in wanted}) != len(wanted):
        raise Invalid("A ticket type was named twice.", field="quantity")
    if any(each.quantity < 1 for each in wanted):
        raise Invalid("Please choose at least one ticket.", field="quantity")
    if sum(each.quantity for each in wanted) > MAX_TICKETS:
        raise Invalid(f"An order has at most {MAX_TICKETS} tickets.", field="quantity")
