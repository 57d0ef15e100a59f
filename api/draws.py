"""The draw of a show's waiting room, for a reseller's own pages."""

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue

from api.answering import answer
from api.reading import known
from api.shapes import Draw
from api.waiting import get_room, storefront_url
from core import waitingroom
from core.errors import NotFound

bp = Blueprint("draws", __name__, url_prefix="/v1/shows")


@bp.get("/<reference>/draw")
def show(reference: str) -> ResponseReturnValue:
    room = get_room(known(reference, "show"))
    drawn = waitingroom.find_draw(room.show)
    return answer(
        Draw(
            show=room.show,
            commitment=room.commitment,
            is_drawn=drawn is not None,
            drawn_at=drawn.drawn_at if drawn else None,
            seed=drawn.seed if drawn else None,
            places=drawn.places if drawn else None,
            places_digest=drawn.places_digest if drawn else None,
            page=storefront_url(g.tenant, room, "draw"),
        )
    )


@bp.get("/<reference>/draw/places")
def places(reference: str) -> ResponseReturnValue:
    """Every place that was drawn, ascending, one on a line."""
    listed = waitingroom.draw_places(known(reference, "show"))
    if listed is None:
        raise NotFound("Nothing has been drawn for this show.")
    return Response(listed, mimetype="text/plain")
