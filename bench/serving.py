"""The product's own application with one route more: what a request costs that does nothing.

`POST /v1/empty` goes the whole way in (host, guard, key, scope, log line, headers) and answers 204.
"""

from typing import TYPE_CHECKING

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

import wsgi
from api import permissions
from core.tenancy import Door

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

bp = Blueprint("empty", __name__, url_prefix="/v1/empty")


@bp.post("")
def create() -> ResponseReturnValue:
    return "", 204


def create_app() -> "WSGIApplication":
    permissions.SCOPES["empty.create"] = permissions.SCOPES["orders.create"]
    front = wsgi.create_app()
    assert isinstance(front, wsgi.Doors), "the stage has no proxies"
    door = front.doors[Door.API]
    assert isinstance(door, Flask)
    door.register_blueprint(bp)
    return front
