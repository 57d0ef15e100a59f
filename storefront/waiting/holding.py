"""Whose place it is: a customer's account, a browser, or both when a guest has signed in since."""

from typing import NamedTuple

from flask import Response, request

from core import waitingroom
from core.waitingroom import Holder, Place, PlaceState, Room
from core.web import current_visitor
from storefront.waiting import cookies

TRAP = "comment"
"""A field that people do not see; who fills it in is a program."""

RANK = {
    PlaceState.ADMITTED: 0,
    PlaceState.CALLED: 1,
    PlaceState.WAITING: 1,
    PlaceState.GATHERING: 1,
    PlaceState.USED: 2,
    PlaceState.EXPIRED: 3,
}
OVER = frozenset({PlaceState.USED, PlaceState.EXPIRED})


class Held(NamedTuple):
    """A place, and as whom the visitor has it."""

    holder: Holder
    place: Place


def holders() -> list[Holder]:
    """As whom the visitor may have a place; the account first."""
    visitor, browser = current_visitor(), cookies.identity()
    found = [Holder.account(visitor.email)] if visitor else []
    return [*found, Holder.browser(browser)] if browser else found


def find_held(room: Room) -> Held | None:
    """The visitor's place; of two the one that is further along. Raises LineAway."""
    token = cookies.place_token(room.show)
    found = []
    for holder in holders():
        place = waitingroom.look(room, holder, token=token)
        if place:
            found.append(Held(holder, place))
    return min(found, key=_far_along, default=None)


def has_account(held: Held) -> bool:
    """Whether the place is kept with the account, and so on every device."""
    visitor = current_visitor()
    return visitor is not None and held.holder == Holder.account(visitor.email)


def find_drawn(room: Room, held: Held) -> tuple[str, int] | None:
    """Id and number of the place that this holder drew, though it may have had others since."""
    known = waitingroom.drawn_numbers(room, held.place.id[-2:])  # a holder's ids end in the same
    for place, number in known.items():
        if waitingroom.is_held_by(place, held.holder):
            return place, number
    return None


def join(room: Room) -> tuple[Place, str | None]:
    """The visitor's living place, or a new one; and the name of its browser, if that is new too.

    Raises RoomClosed, TooEarly, TooManyPlaces, LineAway.
    """
    known = holders()
    held = find_held(room) if room.needs_pass and len(known) > 1 else None
    if held and held.place.state not in OVER:
        return held.place, None
    new = None if known else waitingroom.new_identity()
    place = waitingroom.join(
        room,
        known[0] if known else Holder.browser(new or ""),
        address=request.remote_addr,
        is_suspect=bool(request.form.get(TRAP)),
        token=cookies.place_token(room.show),
    )
    return place, new


def keep(response: Response, room: Room, place: Place, new: str | None = None) -> Response:
    """Let the browser carry the place, and the browser's name if it is new."""
    if new:
        cookies.keep_identity(response, new)
    cookies.keep_place(response, room, place)
    return response


def _far_along(held: Held) -> tuple[int, int]:
    return RANK[held.place.state], held.place.number or 0
