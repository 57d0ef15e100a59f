"""What is on, and what is left of it."""

from datetime import datetime

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue

from api import shapes
from api.answering import Money, answer, answer_if_new
from api.paging import Piece, listing
from api.reading import known, read_query
from api.waiting import api_url, storefront_url
from core import catalogue, orders, waitingroom

bp = Blueprint("shows", __name__, url_prefix="/v1/shows")


@bp.get("")
def index() -> ResponseReturnValue:
    piece = read_query(Piece)
    now = orders.database_now()
    found = catalogue.published_after(piece.after, limit=piece.limit + 1)
    return answer(listing([_show(each, now) for each in found], piece.limit))


@bp.get("/<reference>")
def show(reference: str) -> ResponseReturnValue:
    found = catalogue.get_show(known(reference, "show"))
    return answer(_show(found, orders.database_now()))


@bp.get("/<reference>/ticket-types")
def ticket_types(reference: str) -> ResponseReturnValue:
    found = catalogue.get_show(known(reference, "show"))
    seen = orders.find_availability(found, orders.database_now())
    return answer_if_new(
        shapes.TicketTypes(data=[_ticket_type(each, found.currency) for each in seen])
    )


def _show(show: catalogue.Show, now: datetime) -> shapes.Show:
    return shapes.Show(
        id=show.reference,
        title=show.title,
        subtitle=show.subtitle,
        summary=show.summary,
        genre=show.genre,
        place=shapes.Venue(name=show.place_name, address=show.place_address),
        time_zone=show.time_zone,
        starts_at=show.starts_at,
        doors_at=show.doors_at,
        ends_at=show.ends_at,
        on_sale_at=show.on_sale_at,
        off_sale_at=show.off_sale_at,
        currency=show.currency,
        state=catalogue.phase_of(show, now),
        waiting_room=_waiting_room(show, now),
    )


def _waiting_room(show: catalogue.Show, now: datetime) -> shapes.WaitingRoom | None:
    room = waitingroom.find_room(show.reference)
    if room is None or not room.needs_pass:
        return None
    return shapes.WaitingRoom(
        phase=room.phase(now),
        gathers_at=room.gathers_at,
        opens_at=room.on_sale_at,
        places=api_url(url_for("places.create", reference=room.show)),
        now_serving=storefront_url(g.tenant, room.slug, "now-serving.json"),
    )


def _ticket_type(seen: catalogue.Availability, currency: str) -> shapes.TicketType:
    ticket_type = seen.ticket_type
    return shapes.TicketType(
        id=ticket_type.reference,
        name=ticket_type.name,
        description=ticket_type.description,
        price=Money(amount=ticket_type.price_minor, currency=currency),
        state=seen.state,
        left=max(seen.left, 0),
        may_return_at=seen.may_return_at,
        per_order_limit=ticket_type.per_order_limit,
        per_customer_limit=ticket_type.per_customer_limit,
    )
