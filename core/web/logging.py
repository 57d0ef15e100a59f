"""One line a request, with an id that the customer sees too: for whoever reads the log at 3 a.m."""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

SLOW_SECONDS = 1.0
QUIET = ("/static/", "/healthz", "/readyz")

log = structlog.get_logger()


def set_up() -> None:
    """Log JSON lines to standard output, or readable ones on a terminal."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stdout.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def watch(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began_at = time.monotonic()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["Request-Id"] = g.get("request_id", "")
        took = time.monotonic() - g.get("began_at", time.monotonic())
        asked = request.environ
        if not asked["PATH_INFO"].startswith(QUIET) or response.status_code >= 500:
            level = log.warning if took > SLOW_SECONDS or response.status_code >= 500 else log.info
            level(
                "request",
                door=app.name,
                host=asked.get("HTTP_HOST", ""),
                method=asked["REQUEST_METHOD"],
                path=asked["PATH_INFO"],
                status=response.status_code,
                ms=round(took * 1000, 1),
            )
        return response

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()
