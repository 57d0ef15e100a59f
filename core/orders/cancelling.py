"""Cancelling an order that is not paid."""

from core import boxoffice, events, tickets
from core.moves import move
from core.orders.models import Order
from core.orders.paying import TooLate
from core.orders.queries import quantities
from core.orders.states import LIFE, OrderState
from core.tickets import TicketState


def cancel(order: Order, *, reason: str) -> None:
    """Cancel a held order and put its tickets back on sale. Runs at the till. Raises TooLate."""
    if order.state != OrderState.HELD:
        raise TooLate(f"This order is {order.state}; it can no longer be cancelled.")
    move(LIFE, order, OrderState.CANCELLED, reason=reason)
    boxoffice.release(quantities(order))
    tickets.void(order.id, before=TicketState.HELD, reason="order cancelled")
    events.record("order.cancelled", order, reason=reason)
