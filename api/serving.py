"""Where a line stands: the same for everybody."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from api.answering import JSON
from api.reading import known
from api.waiting import get_room
from core import waitingroom

bp = Blueprint("serving", __name__, url_prefix="/v1/shows")

FRESH_SECONDS = 1


@bp.get("/<reference>/now-serving")
def show(reference: str) -> ResponseReturnValue:
    seen = waitingroom.now_serving(get_room(known(reference, "show")))
    response = Response(json.dumps(seen.published()) + "\n", mimetype=JSON)
    response.cache_control.private = True  # who has no key gets it from the storefront
    response.cache_control.max_age = FRESH_SECONDS
    response.add_etag()
    return response.make_conditional(request)
