"""An order in the API's words."""

from datetime import datetime
from typing import Any

from api import shapes
from api.answering import Money
from core import tickets
from core.orders import OrderState, Snapshot, TicketSnapshot
from core.tickets import TicketState

OPENS_THE_GATE = frozenset({TicketState.VALID, TicketState.USED})


def shape_of(order: Snapshot, now: datetime) -> shapes.Order:
    """An order as one of many."""
    return shapes.Order(**_facts(order, now))


def whole_shape_of(order: Snapshot, now: datetime, reseller: str) -> shapes.OrderWithTickets:
    """An order by itself, with its tickets; `reseller` is the reference of who sells them."""
    return shapes.OrderWithTickets(
        **_facts(order, now), tickets=[_ticket(each, reseller) for each in order.tickets]
    )


def _facts(order: Snapshot, now: datetime) -> dict[str, Any]:
    def money(minor: int) -> Money:
        return Money(amount=minor, currency=order.currency)

    return {
        "id": order.reference,
        "number": order.number,
        "show": order.show,
        "state": _state(order, now),
        "channel": order.channel,
        "items": [
            shapes.Item(
                ticket_type=line.ticket_type,
                name=line.name,
                quantity=line.quantity,
                unit_price=money(line.unit_price_minor),
                total=money(line.total_minor),
            )
            for line in order.lines
        ],
        "customer": shapes.Customer(email=order.email, name=order.name),
        "total": money(order.total_minor),
        "fees": shapes.Fees(
            platform=money(order.platform_fee_minor), storefront=money(order.storefront_fee_minor)
        ),
        "placed_at": order.placed_at,
        "expires_at": order.expires_at,
        "paid_at": order.paid_at,
    }


def _state(order: Snapshot, now: datetime) -> str:
    """A hold that is over is expired, tidied away or not."""
    if order.state == OrderState.HELD and order.expires_at <= now:
        return OrderState.EXPIRED
    return order.state


def _ticket(ticket: TicketSnapshot, reseller: str) -> shapes.Ticket:
    is_open = ticket.state in OPENS_THE_GATE
    return shapes.Ticket(
        id=ticket.reference,
        number=ticket.number,
        ticket_type=ticket.ticket_type,
        holder=ticket.holder,
        state=ticket.state,
        code=tickets.code_of(reseller, ticket.reference, ticket.version) if is_open else None,
        checked_in_at=ticket.checked_in_at,
    )
