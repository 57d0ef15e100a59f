"""Places in the waiting room: joining the line, and coming in when called."""

from ipaddress import ip_address

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue

from api import shapes
from api.answering import answer
from api.reading import known, read_body, read_query
from api.waiting import NOBODY_WAITS, get_room, storefront_url
from core import orders, waitingroom
from core.errors import Invalid
from core.waitingroom import Holder, Place, PlaceState, Room, RoomClosed

WAITS = frozenset({PlaceState.GATHERING, PlaceState.WAITING, PlaceState.CALLED})

bp = Blueprint("places", __name__, url_prefix="/v1")


@bp.post("/shows/<reference>/places")
def create(reference: str) -> ResponseReturnValue:
    """Safe to repeat by itself: the same customer has the same place."""
    asked = read_body(shapes.NewPlace)
    room = get_room(known(reference, "show"))
    try:
        email = orders.clean_email(asked.customer.email)
    except Invalid as refusal:
        refusal.field = "customer.email"
        raise
    try:
        place = waitingroom.join(
            room,
            Holder.account(email),
            address=_address(asked.address),
            is_suspect=asked.is_suspect,
            token=asked.token,
        )
    except RoomClosed:
        raise RoomClosed(NOBODY_WAITS) from None
    response = answer(_place(place, room), 201 if place.is_new else 200)
    response.headers["Location"] = url_for("places.show", reference=place.id)
    return response


@bp.get("/places/<reference>")
def show(reference: str) -> ResponseReturnValue:
    """Where somebody stands. Once it is called, this hands out the pass; asked again, the same."""
    query = read_query(shapes.PlaceQuery)
    place = waitingroom.find_place(known(reference, "place"), token=query.token)
    room = get_room(place.show)
    if not room.needs_pass and place.state in WAITS:
        raise RoomClosed("Nobody needs to wait for this show any more: place the order.")
    return answer(_place(place, room))


def _address(text: str | None) -> str | None:
    """An IP address in the one way it is written. Raises Invalid."""
    try:
        return str(ip_address(text)) if text else None
    except ValueError:
        raise Invalid("Please give an IP address.", field="address") from None


def _place(place: Place, room: Room) -> shapes.Place:
    return shapes.Place(
        id=place.id,
        show=place.show,
        state=place.state,
        number=place.number,
        people_ahead=place.people_ahead,
        is_late=place.is_late,
        token=place.token,
        pass_=place.pass_token,
        pass_expires_at=place.pass_expires_at,
        poll_after_seconds=waitingroom.poll_after_seconds(room, place),
        now_serving=storefront_url(g.tenant, room.slug, "now-serving.json"),
    )
