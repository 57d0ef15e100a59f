"""One's own place: joining the line, and seeing where one stands."""

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock, orders, waitingroom
from core.waitingroom import (
    LineAway,
    Place,
    PlaceState,
    Room,
    RoomClosed,
    RoomPhase,
    TooEarly,
    TooManyPlaces,
)
from core.web.doors import csrf
from storefront.waiting import cookies, holding, wording
from storefront.waiting.finding import get_room, show_facts
from storefront.waiting.holding import Held
from storefront.waiting.refusing import FromElsewhere, refused
from storefront.waiting.telling import Told, read_told, tell_of

bp = Blueprint("places", __name__)

CALLED_SECONDS = 15
"""How often the page of who is called looks for news without a script."""
OUR_OWN = frozenset({"same-origin", "none"})
ELSEWHERE = "The line is joined from the show's own page, not from another site."


@bp.post("/shows/<slug>/places")
def create(slug: str) -> ResponseReturnValue:
    _must_come_from_here()
    room = get_room(slug)
    try:
        place, new = holding.join(room)
    except RoomClosed:
        return redirect(url_for("shows.show", slug=slug), 303)
    except TooEarly:
        return redirect(url_for("waiting_rooms.show", slug=slug), 303)
    except (TooManyPlaces, LineAway) as refusal:
        return refused(slug, refusal, joins=True)
    answer = make_response(redirect(url_for("places.show", slug=slug), 303))
    return holding.keep(answer, room, place, new)


csrf.exempt(create)  # its form is on a page that is the same for everybody: it has no token


@bp.get("/shows/<slug>/place")
def show(slug: str) -> ResponseReturnValue:
    room = get_room(slug)
    if room.phase(clock.now()) is RoomPhase.CLOSED:
        return _afterwards(room)
    try:
        held = holding.find_held(room)
        if held is None:
            return redirect(url_for("waiting_rooms.show", slug=slug, notice="gone"))
        page = _page(room, held)
    except LineAway as refusal:
        return refused(slug, refusal, joins=False)
    return holding.keep(make_response(page), room, held.place)


def _afterwards(room: Room) -> ResponseReturnValue:
    """Nobody waits any more; who was drawn still finds what the draw is checked with."""
    drawn = None
    if room.drawn_at:
        with suppress(LineAway):
            held = holding.find_held(room)
            drawn = holding.find_drawn(room, held) if held else None
    if drawn is None:
        return redirect(url_for("shows.show", slug=room.slug))
    place, number = drawn
    return render_template(
        "storefront/waiting/drawn.html",
        show=show_facts(room.slug),
        room=room,
        place=place,
        number=number,
    )


def _page(room: Room, held: Held) -> str:
    """Raises LineAway."""
    place = held.place
    now = int(clock.now().timestamp())
    serving = waitingroom.now_serving(room)
    told: Told | None = None
    if place.number and place.state is PlaceState.WAITING:
        told = tell_of(serving, place.number, read_told(request.args, now), now)
    has_pass = place.state in {PlaceState.ADMITTED, PlaceState.USED}
    order = orders.find_by_place(place.id) if has_pass else None
    state, until = _state(room, place, has_order=order is not None)
    return render_template(
        "storefront/waiting/place.html",
        show=show_facts(room.slug),
        room=room,
        place=place,
        state=state,
        until=until,
        serving=serving,
        rows=wording.rows(serving, room.currency),
        words=wording.words(),
        told=told,
        estimate=wording.estimate(told.seconds_from(now) if told else None),
        poll_seconds=serving.poll_seconds(place.number),
        order=order,
        come_in_until=_come_in_until(room, place),
        called_refresh_seconds=CALLED_SECONDS,
        has_account=holding.has_account(held),
        asks="asks" in request.args,
    )


def _state(room: Room, place: Place, *, has_order: bool) -> tuple[PlaceState, datetime | None]:
    """What the page shows, and until when its pass is good. The box office knows best: an order
    that came to nothing gives its pass back."""
    if has_order:
        return PlaceState.USED, None
    if place.state is PlaceState.USED:
        found = waitingroom.has_pass(room, cookies.pass_token(room.show), holding.holders())
        if found and found.place == place.id:
            return PlaceState.ADMITTED, found.expires_at
    return place.state, place.pass_expires_at


def _come_in_until(room: Room, place: Place) -> datetime | None:
    """None unless it is called and not late, or if nobody knows. Raises LineAway."""
    if place.state is not PlaceState.CALLED or place.is_late or not place.number:
        return None
    until = waitingroom.come_in_until(room, place.number)
    return until if until and until > clock.now() else None


def _must_come_from_here() -> None:
    """Raises FromElsewhere: no page of somebody else's may take places for its visitors."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        if site not in OUR_OWN:
            raise FromElsewhere(ELSEWHERE)
    elif origin is not None and urlsplit(origin).netloc != request.host:
        raise FromElsewhere(ELSEWHERE)
