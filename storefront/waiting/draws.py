"""The draw, for anybody who wants to check it: what was promised, what came of it, and how."""

import json
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from core import references, waitingroom
from core.errors import NotFound
from storefront.waiting.answering import shared, shared_page
from storefront.waiting.finding import get_room, show_facts
from storefront.waiting.serving import anybody_may_read

bp = Blueprint("draws", __name__)

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify-draw.py"
SETTLED_SECONDS = 365 * 24 * 3600
"""What was drawn never changes."""
SCRIPT_SECONDS = 3600
DAY_SECONDS = 24 * 3600
NOT_YET = "The draw has not been held yet."
SHARD = re.compile(rf"[{references.ALPHABET}]{{2}}")


@bp.get("/shows/<slug>/draw")
def show(slug: str) -> ResponseReturnValue:
    room = get_room(slug)
    return shared_page(
        "storefront/waiting/draw.html",
        show=show_facts(slug),
        room=room,
        draw=waitingroom.find_draw(room.show),
        address=url_for("draws.show", slug=slug, _external=True),
    )


@bp.get("/shows/<slug>/draw.json")
def facts(slug: str) -> ResponseReturnValue:
    draw = waitingroom.find_draw(get_room(slug).show)
    if draw is None:
        return _not_yet()
    body = Response(waitingroom.published(draw), mimetype="application/json")
    return anybody_may_read(shared(body, seconds=SETTLED_SECONDS))


@bp.get("/shows/<slug>/draw/places.txt")
def places(slug: str) -> ResponseReturnValue:
    room = get_room(slug)
    if room.places_digest is None:
        return _not_yet()
    has_it = room.places_digest in request.if_none_match
    body = "" if has_it else waitingroom.draw_places(room.show)  # 3 MB for a hundred thousand
    response = shared(Response(body, mimetype="text/plain"), seconds=SETTLED_SECONDS)
    response.cache_control.immutable = True
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(room.places_digest)
    return response.make_conditional(request)


@bp.get("/shows/<slug>/draw/numbers/<shard>.json")
def numbers(slug: str, shard: str) -> ResponseReturnValue:
    """The numbers of places whose id ends in these two letters: small, and never changes."""
    if not SHARD.fullmatch(shard):
        raise NotFound("No place ends in these letters.")
    found = waitingroom.drawn_numbers(get_room(slug), shard)
    if not found:
        return _not_yet()
    response = shared(Response(json.dumps(found), mimetype="application/json"), seconds=DAY_SECONDS)
    response.cache_control.immutable = True
    return response


@bp.get("/shows/<slug>/draw/verify-draw.py")
def script(slug: str) -> ResponseReturnValue:
    get_room(slug)
    response = shared(Response(_script(), mimetype="text/x-python"), seconds=SCRIPT_SECONDS)
    response.headers["Content-Disposition"] = 'attachment; filename="verify-draw.py"'
    response.add_etag()
    return response.make_conditional(request)


def _not_yet() -> Response:
    """Kept by caches for a moment: a crowd that is too early asks once."""
    return shared(Response(NOT_YET, 404, mimetype="text/plain"))


@lru_cache(maxsize=1)
def _script() -> bytes:
    return SCRIPT.read_bytes()
