"""Deciding on one wish: what it would cost, and whether it can be had."""

from collections.abc import Collection, Iterable, MutableMapping, MutableSet
from dataclasses import dataclass

from core import fees
from core.boxoffice import SoldOut
from core.catalogue import OfferedShow, OfferedType, Offers, Phase, phase_of
from core.errors import Conflict, Invalid, NotFound
from core.fees import Fees
from core.money import MAX_AMOUNT_MINOR
from core.orders.limiting import Taken
from core.orders.wanting import Wish


class NotOnSale(Conflict):
    code = "not_on_sale"
    title = "Not on sale"


class OverLimit(Invalid):
    code = "over_limit"
    title = "More than one order may have"


class PassRequired(Conflict):
    code = "pass_required"
    title = "Please wait for your turn"


class PassUsed(Conflict):
    code = "pass_used"
    title = "This pass has been used"


WHY_NOT = {
    Phase.UPCOMING: "Tickets are not on sale yet.",
    Phase.CLOSED: "The sale for this show has ended.",
    Phase.ENDED: "This show is over.",
    Phase.CANCELLED: "This show has been cancelled.",
}


@dataclass(frozen=True, slots=True)
class DraftLine:
    ticket_type: OfferedType
    quantity: int
    fees: Fees

    @property
    def total_minor(self) -> int:
        return self.ticket_type.price_minor * self.quantity


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that can be had, priced; nothing of it is written yet."""

    reference: str
    wish: Wish
    show: OfferedShow
    lines: list[DraftLine]
    total_minor: int
    place: str | None = None
    """Whose pass it was placed with, if the show needs one."""

    @property
    def is_paid(self) -> bool:
        """What costs nothing is paid at once, if there is a name to it."""
        return self.total_minor == 0 and bool(self.wish.email and self.wish.name)


def draft(
    reference: str,
    wish: Wish,
    offers: Offers,
    free: MutableMapping[int, int],
    *,
    taken: Taken,
    used: MutableSet[str],
) -> Draft:
    """Price a wish at this moment and take it out of `free`: all its ticket types or none.

    `free`: by id of a ticket type, what those before in the line have left; `taken`: what their
    customers have; `used`: places that have a living order. Raises NotFound, NotOnSale,
    PassRequired, PassUsed, Invalid, OverLimit, OverCustomerLimit, SoldOut.
    """
    show = _show(wish.show, offers)
    place = _admitted(wish, show, used)
    lines = [
        _line(wish, _chosen(show, each.ticket_type, each.quantity), each.quantity)
        for each in wish.wanted
    ]
    total_minor = sum(line.total_minor for line in lines)
    if total_minor > MAX_AMOUNT_MINOR:
        raise OverLimit("This is more than can be paid at once; please split the order.")
    for line in lines:
        taken.check(
            line.ticket_type,
            line.quantity,
            email=wish.email,
            customer_id=wish.customer_id,
            field=f"quantity-{line.ticket_type.reference}",
        )
    for line in lines:
        if free[line.ticket_type.id] < line.quantity:
            left = free[line.ticket_type.id]
            raise SoldOut(line.ticket_type.id, line.ticket_type.name, left)
    for line in lines:
        free[line.ticket_type.id] -= line.quantity
        if line.ticket_type.per_customer_limit is not None:
            taken.add(
                line.ticket_type.id,
                line.quantity,
                email=wish.email,
                customer_id=wish.customer_id,
            )
    if place:
        used.add(place)
    return Draft(reference, wish, show, lines, total_minor, place)


def _show(reference: str, offers: Offers) -> OfferedShow:
    show = offers.shows.get(reference)
    phase = phase_of(show, offers.at) if show else Phase.HIDDEN
    if show is None or phase is Phase.HIDDEN:
        raise NotFound("There is no such show.")
    if phase is not Phase.ON_SALE:
        raise NotOnSale(WHY_NOT[phase])
    return show


def _admitted(wish: Wish, show: OfferedShow, used: Collection[str]) -> str | None:
    if not show.needs_pass:
        return None
    if wish.place is None:
        raise PassRequired("Very many people want tickets for this show. Please wait in line.")
    if wish.place in used:
        raise PassUsed("With this pass you have an order already.")
    return wish.place


def _chosen(show: OfferedShow, reference: str, quantity: int) -> OfferedType:
    ticket_type = show.types.get(reference)
    field = f"quantity-{reference}"
    if ticket_type is None:
        raise Invalid("There is no such ticket type at this show.", field=field)
    if quantity > ticket_type.per_order_limit:
        most = ticket_type.per_order_limit
        raise OverLimit(f"{ticket_type.name}: at most {most} in one order.", field=field)
    return ticket_type


def _line(wish: Wish, ticket_type: OfferedType, quantity: int) -> DraftLine:
    fee = fees.fees_on_line(ticket_type.price_minor, quantity, wish.plan, channel=wish.channel)
    return DraftLine(ticket_type, quantity, fee)


def lacking(wishes: Iterable[Wish], offers: Offers) -> list[int]:
    """Ids of the ticket types of which these wishes together want more than is free."""
    wanted: dict[str, int] = {}
    for wish in wishes:
        for each in wish.wanted:
            wanted[each.ticket_type] = wanted.get(each.ticket_type, 0) + each.quantity
    return [
        ticket_type.id
        for show in offers.shows.values()
        for ticket_type in show.types.values()
        if ticket_type.free < wanted[ticket_type.reference]
    ]
