"""An order in the API's words."""

from datetime import datetime
from typing import Any

from api import shapes
from core import tickets
from core.orders import OrderState, Snapshot, TicketSnapshot
from core.tickets import TicketState

OPENS_THE_GATE = frozenset({TicketState.VALID, TicketState.USED})


def shape_of(order: Snapshot, now: datetime) -> shapes.Order:
    """An order as one of many."""
    return shapes.Order.model_validate(_facts(order, now))


def whole_shape_of(order: Snapshot, now: datetime, reseller: str) -> shapes.OrderWithTickets:
    """An order by itself, with its tickets; `reseller` is the reference of who sells them."""
    facts = _facts(order, now)
    facts["tickets"] = [_ticket(each, reseller) for each in order.tickets]
    return shapes.OrderWithTickets.model_validate(facts)


def _facts(order: Snapshot, now: datetime) -> dict[str, Any]:
    """Nested as the shape is, which checks all of it at once: that takes half the time."""

    def money(minor: int) -> dict[str, Any]:
        return {"amount": minor, "currency": order.currency}

    return {
        "id": order.reference,
        "number": order.number,
        "show": order.show,
        "state": _state(order, now),
        "channel": order.channel,
        "items": [
            {
                "ticket_type": line.ticket_type,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": money(line.unit_price_minor),
                "total": money(line.total_minor),
            }
            for line in order.lines
        ],
        "customer": {"email": order.email, "name": order.name},
        "total": money(order.total_minor),
        "fees": {
            "platform": money(order.platform_fee_minor),
            "storefront": money(order.storefront_fee_minor),
        },
        "placed_at": order.placed_at,
        "expires_at": order.expires_at,
        "paid_at": order.paid_at,
    }


def _state(order: Snapshot, now: datetime) -> str:
    """A hold that is over is expired, tidied away or not."""
    if order.state == OrderState.HELD and order.expires_at <= now:
        return OrderState.EXPIRED
    return order.state


def _ticket(ticket: TicketSnapshot, reseller: str) -> dict[str, Any]:
    is_open = ticket.state in OPENS_THE_GATE
    return {
        "id": ticket.reference,
        "number": ticket.number,
        "ticket_type": ticket.ticket_type,
        "holder": ticket.holder,
        "state": ticket.state,
        "code": tickets.code_of(reseller, ticket.reference, ticket.version) if is_open else None,
        "checked_in_at": ticket.checked_in_at,
    }
