"""create_app(): the only module that knows every door."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import redis
import sqlalchemy as sa
import structlog
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request, Response

import api
import console
import dashboard
import storefront
from core import documents, mail, payments, settings, tenancy
from core.errors import Unavailable
from core.redis import client
from core.tenancy import Door
from core.web import logging
from jobs import reactions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WITH_TABLES = (documents, mail, payments)
"""Named so that their tables are known wherever the application is."""

log = structlog.get_logger()


class Doors:
    """The front of the house: reads the Host header, exactly, and opens the door it belongs to."""

    def __init__(self, doors: "dict[Door, WSGIApplication]") -> None:
        self.doors = doors

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/healthz":
            return Response("ok\n")(environ, start_response)
        if path == "/readyz":
            return ready()(environ, start_response)
        try:
            entrance = tenancy.find_host(environ.get("HTTP_HOST", ""))
        except (sa.exc.SQLAlchemyError, Unavailable) as error:
            log.error("directory.down", why=str(error).splitlines()[0])
            return busy()(environ, start_response)
        door = self.doors.get(entrance.door) if entrance else None
        if entrance is None or door is None:
            return unknown_host(Request(environ))(environ, start_response)
        environ["tts.tenant"] = entrance.tenant
        return door(environ, start_response)


def ready() -> Response:
    """Whether requests can be served: the database answers (Redis may be missing, and is told)."""
    answer: dict[str, str] = {}
    try:
        with tenancy.on_platform():
            tenancy.ping()
        answer["database"] = "ok"
    except sa.exc.SQLAlchemyError as error:
        answer["database"] = str(error).splitlines()[0]
    try:
        client().ping()
        answer["redis"] = "ok"
    except redis.RedisError as error:
        answer["redis"] = str(error)
    is_ready = answer["database"] == "ok"
    return Response(
        json.dumps({"ready": is_ready, **answer}) + "\n",
        status=200 if is_ready else 503,
        mimetype="application/json",
    )


def unknown_host(request: Request) -> Response:
    log.info("host.unknown", host=request.headers.get("Host", "")[:200])
    return Response(
        "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>"
        "<meta name=color-scheme content='light dark'>"
        "<title>Nobody sells tickets here</title><h1>Nobody sells tickets at this address</h1>"
        "<p>Please check the address, or ask whoever gave it to you.</p></html>",
        status=404,
        mimetype="text/html",
    )


def busy() -> Response:
    return Response(
        "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>"
        "<meta name=color-scheme content='light dark'>"
        "<meta http-equiv=refresh content=5><title>One moment, please</title>"
        "<h1>One moment, please</h1><p>We are very busy. This page tries again by itself, and "
        "nothing of yours is lost.</p></html>",
        status=503,
        mimetype="text/html",
        headers={"Retry-After": "5"},
    )


def to_dashboard(_: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Who comes to our own address is most likely a reseller."""
    target = settings.load().origin(tenancy.reserved_host(Door.DASHBOARD))
    return Response(status=302, headers={"Location": target + "/"})(_, start_response)


def create_app() -> "WSGIApplication":
    """Every door behind one WSGI application. Raises SettingsError."""
    wanted = settings.load()
    logging.set_up()
    reactions.listen()
    doors: dict[Door, WSGIApplication] = {
        Door.STOREFRONT: storefront.create_door(),
        Door.DASHBOARD: dashboard.create_door(),
        Door.CONSOLE: console.create_door(),
        Door.API: api.create_door(),
        Door.FRONT: to_dashboard,
    }
    if wanted.mailbox_dir:
        from sandbox.mailbox import mailbox_app  # only the demo has a mailbox

        doors[Door.MAILBOX] = mailbox_app(wanted.mailbox_dir)
    front = Doors(doors)
    if proxies := wanted.trusted_proxies:
        # Never the host: which reseller is meant is not for a header to say that anyone may send.
        return ProxyFix(front, x_for=proxies, x_proto=proxies, x_host=0, x_port=0, x_prefix=0)
    return front
