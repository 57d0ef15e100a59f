"""The product's own application with one route more: what a request costs that does nothing.

`POST /v1/empty` goes the whole way in (host, guard, key, scope, log line, headers) and answers 204.
"""

from typing import TYPE_CHECKING

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

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
    doors = front.app if isinstance(front, ProxyFix) else front
    assert isinstance(doors, wsgi.Doors)
    door = doors.doors[Door.API]
    assert isinstance(door, Flask)
    door.register_blueprint(bp)
    return front
