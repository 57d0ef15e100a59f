"""Placing an order: the tickets are held first, everything else follows."""

from datetime import timedelta

import sqlalchemy as sa

from core import boxoffice, events, fees, tickets
from core.catalogue import Phase, Show, TicketType, phase_of
from core.database import db
from core.errors import Conflict, Invalid, NotFound
from core.fees import Plan
from core.money import MAX_AMOUNT_MINOR
from core.moves import begin
from core.orders.expiring import expire_overdue
from core.orders.models import Order, OrderLine
from core.orders.paying import pay
from core.orders.queries import database_now
from core.orders.states import LIFE, OrderState
from core.orders.wanting import Wanted, check
from core.tickets.issuing import Wanted as WantedTickets


class NotOnSale(Conflict):
    code = "not_on_sale"
    title = "Not on sale"


class OverLimit(Invalid):
    code = "over_limit"
    title = "More than one order may have"


WHY_NOT = {
    Phase.UPCOMING: "Tickets are not on sale yet.",
    Phase.CLOSED: "The sale for this show has ended.",
    Phase.ENDED: "This show is over.",
    Phase.CANCELLED: "This show has been cancelled.",
}


def place(
    show_reference: str,
    wanted: list[Wanted],
    *,
    channel: str,
    plan: Plan | None,
    email: str | None = None,
    name: str | None = None,
    customer_id: int | None = None,
) -> Order:
    """Hold tickets in a new order until its `expires_at`. Runs at the till (boxoffice.at_the_till).

    All ticket types or none. Prices and fees are those of this moment and stay. Raises NotFound,
    NotOnSale, Invalid, OverLimit, SoldOut.
    """
    check(wanted)
    show = _show(show_reference)
    now = database_now()
    phase = phase_of(show, now)
    if phase is Phase.HIDDEN:
        raise NotFound("There is no such show.")
    if phase is not Phase.ON_SALE:
        raise NotOnSale(WHY_NOT[phase])
    chosen = _chosen(show, wanted)
    quantities = {ticket_type.id: each.quantity for ticket_type, each in chosen}
    while boxoffice.is_short(quantities) and expire_overdue(ticket_type_ids=quantities):
        pass  # holds that are over stand in the way; each round ends at least one of them
    boxoffice.take(quantities)
    lines = [_line(ticket_type, each.quantity, plan, channel) for ticket_type, each in chosen]
    total_minor = sum(line.total_minor for line in lines)
    if total_minor > MAX_AMOUNT_MINOR:
        raise OverLimit("This is more than can be paid at once; please split the order.")
    order = Order(
        show_id=show.id,
        customer_id=customer_id,
        email=email,
        name=name,
        channel=channel,
        currency=show.currency,
        total_minor=total_minor,
        platform_fee_minor=sum(line.platform_fee_minor for line in lines),
        storefront_fee_minor=sum(line.storefront_fee_minor for line in lines),
        fee_plan=plan.reference if plan else None,
        expires_at=now + timedelta(seconds=show.hold_seconds),
    )
    db.session.add(order)
    db.session.flush()
    for line in lines:
        line.order_id = order.id
    db.session.add_all(lines)
    db.session.flush()
    tickets.issue(
        order.id,
        [WantedTickets(line.id, line.ticket_type_id, line.quantity) for line in lines],
        holder=name,
    )
    begin(LIFE, order.id, state=OrderState.HELD, reason=f"placed through the {channel}")
    events.record(
        "order.held", order, show=show.reference, total_minor=total_minor, currency=show.currency
    )
    db.session.expire(order)
    return order


def place_free(order: Order) -> None:
    """An order that costs nothing is paid at once, when it has a name to it. Runs at the till."""
    if order.total_minor == 0 and order.has_customer and order.state == OrderState.HELD:
        pay(order, reason="costs nothing")


def _show(reference: str) -> Show:
    show = db.session.scalars(sa.select(Show).where(Show.reference == reference)).one_or_none()
    if show is None:
        raise NotFound("There is no such show.")
    return show


def _chosen(show: Show, wanted: list[Wanted]) -> list[tuple[TicketType, Wanted]]:
    on_offer = {each.reference: each for each in show.ticket_types if not each.is_hidden}
    chosen = []
    for each in wanted:
        ticket_type = on_offer.get(each.ticket_type)
        if ticket_type is None:
            raise Invalid(
                "There is no such ticket type at this show.", field=f"quantity-{each.ticket_type}"
            )
        if each.quantity > ticket_type.per_order_limit:
            raise OverLimit(
                f"{ticket_type.name}: at most {ticket_type.per_order_limit} in one order.",
                field=f"quantity-{each.ticket_type}",
            )
        chosen.append((ticket_type, each))
    return chosen


def _line(ticket_type: TicketType, quantity: int, plan: Plan | None, channel: str) -> OrderLine:
    fee = fees.fees_on_line(ticket_type.price_minor, quantity, plan, channel=channel)
    return OrderLine(
        ticket_type_id=ticket_type.id,
        name=ticket_type.name,
        quantity=quantity,
        unit_price_minor=ticket_type.price_minor,
        platform_fee_minor=fee.platform_minor,
        storefront_fee_minor=fee.storefront_minor,
    )
