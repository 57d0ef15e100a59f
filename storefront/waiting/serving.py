"""The line in one document for everybody: all that waiting people ask for, again and again."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from core import waitingroom
from storefront.waiting.answering import shared
from storefront.waiting.finding import get_room

bp = Blueprint("now_serving", __name__)


@bp.get("/shows/<slug>/now-serving.json")
def show(slug: str) -> ResponseReturnValue:
    return anybody_may_read(shared(jsonify(waitingroom.now_serving(get_room(slug)).published())))


def anybody_may_read(response: Response) -> Response:
    """A reseller's own pages too; with a tag, so that who has it already is told so."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response
