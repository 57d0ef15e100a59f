"""An order at one moment, as plain values: what answers are written from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import references
from core.orders.models import Order
from core.tickets import Ticket


@dataclass(frozen=True, slots=True)
class LineSnapshot:
    ticket_type: str
    """Reference of the ticket type."""
    name: str
    quantity: int
    unit_price_minor: int

    @property
    def total_minor(self) -> int:
        return self.unit_price_minor * self.quantity


@dataclass(frozen=True, slots=True)
class TicketSnapshot:
    reference: str
    ticket_type: str
    holder: str | None
    state: str
    version: int
    checked_in_at: datetime | None

    @property
    def number(self) -> str:
        return references.short_number(self.reference)


@dataclass(frozen=True, slots=True)
class Snapshot:
    reference: str
    show: str
    """Reference of the show."""
    channel: str
    state: str
    currency: str
    total_minor: int
    platform_fee_minor: int
    storefront_fee_minor: int
    email: str | None
    name: str | None
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    lines: Sequence[LineSnapshot]
    tickets: Sequence[TicketSnapshot]

    @property
    def number(self) -> str:
        return references.short_number(self.reference)


def snapshot(order: Order, tickets: Sequence[Ticket] = ()) -> Snapshot:
    """The order as it stands, with these of its tickets."""
    types = {each.id: each.reference for each in order.show.ticket_types}
    return Snapshot(
        reference=order.reference,
        show=order.show.reference,
        channel=order.channel,
        state=order.state,
        currency=order.currency,
        total_minor=order.total_minor,
        platform_fee_minor=order.platform_fee_minor,
        storefront_fee_minor=order.storefront_fee_minor,
        email=order.email,
        name=order.name,
        placed_at=order.placed_at,
        expires_at=order.expires_at,
        paid_at=order.paid_at,
        lines=[
            LineSnapshot(
                types[line.ticket_type_id], line.name, line.quantity, line.unit_price_minor
            )
            for line in order.lines
        ],
        tickets=[
            TicketSnapshot(
                each.reference,
                types[each.ticket_type_id],
                each.holder,
                each.state,
                each.version,
                each.checked_in_at,
            )
            for each in tickets
        ],
    )
