"""Taking tickets of a paid order back."""

from collections import Counter
from collections.abc import Iterable

from core import boxoffice, events, tickets
from core.moves import move
from core.orders.models import Order
from core.orders.states import LIFE, OrderState
from core.tickets import Ticket, TicketState


def take_back(order: Order, chosen: Iterable[Ticket], *, reason: str) -> None:
    """Void these tickets of a paid order and put them back on sale. Runs at the till."""
    by_id = {ticket.id: ticket for ticket in chosen if ticket.order_id == order.id}
    voided = tickets.void_some(by_id, reason=reason)
    boxoffice.return_sold(Counter(by_id[ticket_id].ticket_type_id for ticket_id in voided))


def mark_refunded(order: Order, *, reason: str) -> None:
    """All the money went back: whatever was still valid is void. Runs at the till."""
    take_back(
        order,
        [each for each in tickets.of_order(order.id) if each.state != TicketState.VOID],
        reason=reason,
    )
    move(LIFE, order, OrderState.REFUNDED, reason=reason)
    events.record("order.refunded", order, reason=reason)
