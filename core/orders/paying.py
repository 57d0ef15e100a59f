"""From held to paid: once the money is known to be there."""

from typing import Any

import sqlalchemy as sa

from core import boxoffice, events, tickets
from core.errors import Conflict
from core.moves import move
from core.orders.expiring import MOST_ROUNDS, expire_overdue
from core.orders.models import Order
from core.orders.queries import find_by_place, quantities
from core.orders.states import LIFE, OrderState
from core.tickets import TicketState


class TooLate(Conflict):
    """The order can no longer be paid: cancelled, paid already, or refunded."""

    code = "too_late"


def pay(order: Order, *, reason: str) -> None:
    """Make a held order paid, its tickets valid and sold. Runs at the till.

    A hold that had run out is taken up again if the tickets are still there; if its pass has bought
    again since, it goes on without its place. Raises SoldOut if they are not there, TooLate if the
    order came to another end; nothing is changed then.
    """
    facts: dict[str, Any] = {}
    if order.state == OrderState.HELD:
        boxoffice.sell_held(quantities(order))
        before = TicketState.HELD
    elif order.state == OrderState.EXPIRED:
        wanted = quantities(order)
        for _ in range(MOST_ROUNDS):  # holds that are over stand in the way
            if not boxoffice.is_short(wanted) or not expire_overdue(ticket_type_ids=wanted):
                break
        boxoffice.sell(wanted)
        before = TicketState.VOID
        another = find_by_place(order.place) if order.place else None
        if another is not None:  # a place has one living order, and the money is there for both
            facts["place"] = None
            reason = f"{reason}; without its place, as its pass has bought {another.number} since"
    else:
        raise TooLate(f"This order is {order.state} already.")
    move(
        LIFE,
        order,
        OrderState.PAID,
        reason=reason,
        paid_at=sa.func.clock_timestamp(),
        invoice_number=next_invoice_number(),
        **facts,
    )
    tickets.validate(order.id, before=before, holder=order.name, reason="order paid")
    events.record(
        "order.paid",
        order,
        show=order.show.reference,
        total_minor=order.total_minor,
        currency=order.currency,
    )


def next_invoice_number() -> sa.ScalarSelect[int]:
    """Without gaps, as the law of many countries wants: only the till gives them out."""
    return sa.select(sa.func.coalesce(sa.func.max(Order.invoice_number), 0) + 1).scalar_subquery()
