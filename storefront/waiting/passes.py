"""The pass to buy: claimed when one's number is called, kept in a cookie, never in an address."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from core import clock, orders, waitingroom
from core.catalogue import Show
from core.waitingroom import LineAway, PlaceState, RoomPhase
from storefront.waiting import cookies, holding
from storefront.waiting.finding import get_room
from storefront.waiting.refusing import refused

bp = Blueprint("passes", __name__)


@bp.post("/shows/<slug>/passes")
def create(slug: str) -> ResponseReturnValue:
    room = get_room(slug)
    if not room.needs_pass:
        return redirect(url_for("shows.show", slug=slug), 303)
    try:
        held = holding.find_held(room)
        if held is None:
            return redirect(url_for("waiting_rooms.show", slug=slug, notice="gone"), 303)
        token = cookies.place_token(room.show)
        place = waitingroom.claim(room, held.holder, token=token)
    except LineAway as refusal:
        return refused(slug, refusal, joins=False)
    where = url_for("places.show", slug=slug)
    if place.state is PlaceState.ADMITTED:
        where = url_for("shows.show", slug=slug)
    elif place.is_late:
        where = url_for("places.show", slug=slug, asks="yes")  # again, until a seat is free
    return holding.keep(make_response(redirect(where, 303)), room, place)


@dataclass(frozen=True)
class Entry:
    """What the page of a show says of its waiting room to who may see the page."""

    gathers_at: datetime | None = None
    """When it opens, on the clocks of the place."""
    expires_at: datetime | None = None
    """Until when the visitor may place an order."""
    seconds_left: int = 0


def entry_of(show: Show) -> Entry | None:
    """None where nobody waits, and for who has no pass."""
    room, now = waitingroom.find_room(show.reference), clock.now()
    if room is None or not room.needs_pass:
        return None
    if room.phase(now) is RoomPhase.ANNOUNCED:
        return Entry(gathers_at=show.local(room.gathers_at))
    found = waitingroom.has_pass(room, cookies.pass_token(room.show), holding.holders())
    if found is None:
        return None
    left = int((found.expires_at - now).total_seconds())
    return Entry(expires_at=show.local(found.expires_at), seconds_left=max(0, left))


def turn_away(show: Show) -> ResponseReturnValue | None:
    """Send who has no pass to its place, or to the entrance; None for who may see the show."""
    room = waitingroom.find_room(show.reference)
    if room is None or room.phase(clock.now()) not in {RoomPhase.GATHERING, RoomPhase.OPEN}:
        return None
    token = cookies.pass_token(room.show)
    found = waitingroom.has_pass(room, token, holding.holders())
    if found and orders.find_by_place(found.place) is None:
        return None
    return redirect(_line(room.show, room.slug))


def swap(show: Show, given: str) -> ResponseReturnValue:
    """Take a pass out of the address and into a cookie: others may see an address."""
    room = waitingroom.find_room(show.reference)
    answer = make_response(redirect(url_for("shows.show", slug=show.slug), 303))
    if room is None or not room.needs_pass:
        return answer
    if waitingroom.has_pass(room, given, holding.holders()) is None:
        return redirect(url_for("waiting_rooms.show", slug=show.slug, notice="pass"), 303)
    cookies.keep_pass(answer, room.show, given)
    return answer


def admitted(show: str) -> str | None:
    """The place under which the visitor may order tickets of the show of this reference now.

    None if nobody needs a pass for it. Raises PassRequired, PassExpired, PassNotYours.
    """
    return waitingroom.admit(show, cookies.pass_token(show), holding.holders())


def send_back(show: str, slug: str) -> ResponseReturnValue:
    """To the line, where the place itself says why; who has none is told at the entrance.

    So is everybody while this process does not know yet that the room was opened: the entrance
    looks for itself. Nothing is forgotten here, as a crowd without passes comes this way.
    """
    room = waitingroom.find_room(show)
    if room is None or not room.needs_pass:
        return redirect(url_for("waiting_rooms.show", slug=slug, notice="turn"), 303)
    return redirect(_line(show, slug, notice="turn"), 303)


def _line(show: str, slug: str, *, notice: str | None = None) -> str:
    if cookies.place_token(show):
        return url_for("places.show", slug=slug)
    return url_for("waiting_rooms.show", slug=slug, notice=notice)
