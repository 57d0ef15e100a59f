"""The draw of a show's waiting room, for a reseller's own pages."""

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue

from api.answering import answer
from api.reading import known
from api.shapes import Draw
from api.waiting import storefront_url
from core import catalogue, clock, waitingroom
from core.errors import NotFound
from core.waitingroom import Room, RoomPhase

bp = Blueprint("draws", __name__, url_prefix="/v1/shows")

BEFORE_A_DRAW = frozenset({RoomPhase.ANNOUNCED, RoomPhase.GATHERING})


@bp.get("/<reference>/draw")
def show(reference: str) -> ResponseReturnValue:
    """What was drawn, however long ago; or what is promised of a draw that is still to come."""
    found = catalogue.get_show(known(reference, "show"))
    drawn = waitingroom.find_draw(found.reference)
    promised = drawn or _room_to_draw(found.reference)
    if promised is None:
        raise NotFound("No draw was held for this show.")
    return answer(
        Draw(
            show=found.reference,
            commitment=promised.commitment,
            is_drawn=drawn is not None,
            drawn_at=drawn.drawn_at if drawn else None,
            seed=drawn.seed if drawn else None,
            places=drawn.places if drawn else None,
            places_digest=drawn.places_digest if drawn else None,
            page=storefront_url(g.tenant, found.slug, "draw"),
        )
    )


@bp.get("/<reference>/draw/places")
def places(reference: str) -> ResponseReturnValue:
    """Every place that was drawn, ascending, one on a line."""
    listed = waitingroom.draw_places(known(reference, "show"))
    if listed is None:
        raise NotFound("Nothing has been drawn for this show.")
    return Response(listed, mimetype="text/plain")


def _room_to_draw(show: str) -> Room | None:
    """The room of a show, if those who gather in it are still to be drawn."""
    room = waitingroom.find_room(show)
    return room if room and room.phase(clock.now()) in BEFORE_A_DRAW else None
