"""Every refusal as a page or as problem+json (RFC 9457): the right status, a clear sentence."""

from typing import Any

import redis
import sqlalchemy as sa
import structlog
from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException

from core.errors import Conflict, Invalid, NotFound, Refused, Unavailable

log = structlog.get_logger()

PROBLEM_TYPE = "https://docs.ticket-to-serve.example/problems/"
OUT_OF_REACH = frozenset({"57P01", "57P02", "57P03", "53300", "55P03", "57014", "08006", "08001"})

WORDS: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "That did not arrive whole", "Please go back and try again."),
    404: ("not_found", "There is nothing here", "The address may be old, or mistyped."),
    405: ("method_not_allowed", "That is not done here", "Please go back and try again."),
    413: ("too_large", "That is too much", "Please send less at once."),
    414: ("too_long", "That address is too long", "Please go back and try again."),
    415: ("unsupported_media_type", "We cannot read that", "Please send JSON."),
    429: ("too_many_requests", "Slowly, please", "Please wait a moment and try again."),
}


def as_refusal(error: Exception) -> Refused:  # noqa: PLR0911  # one return a kind
    """Any exception as a refusal with a status, a code and a sentence."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, CSRFError):
        return _worded(
            Conflict(
                "This page had been open for a while. Please go back, reload it and try again."
            ),
            400,
            "form_expired",
            "This form has expired",
        )
    if isinstance(error, RateLimitExceeded):
        refusal = _from_status(429)
        refusal.retry_after_seconds = 10
        return refusal
    if isinstance(error, HTTPException):
        return _from_status(error.code or 500)
    if isinstance(error, (redis.RedisError, sa.exc.TimeoutError)):
        return Unavailable("We are very busy right now. Nothing was lost; please try again.")
    if isinstance(
        error, sa.exc.DataError
    ):  # text PostgreSQL cannot store (NUL), too large a number
        return Invalid("Something you entered cannot be stored as it is.")
    if isinstance(error, sa.exc.DBAPIError):
        return _from_database(error)
    return _worded(
        Refused("This is our fault, and we have a record of it. Please try again."),
        500,
        "internal_error",
        "Something broke on our side",
    )


def _from_database(error: sa.exc.DBAPIError) -> Refused:
    state = getattr(error.orig, "sqlstate", None)
    if state is None or state in OUT_OF_REACH:
        return Unavailable("We are very busy right now. Nothing was lost; please try again.")
    return _worded(
        Refused("This is our fault, and we have a record of it. Please try again."),
        500,
        "internal_error",
        "Something broke on our side",
    )


def _from_status(status: int) -> Refused:
    code, title, sentence = WORDS.get(status, WORDS[400])
    return _worded(NotFound(sentence), status, code, title)


def _worded(refusal: Refused, status: int, code: str, title: str) -> Refused:
    refusal.status, refusal.code, refusal.title = status, code, title
    return refusal


def listed(refusal: Refused | None) -> list[tuple[str | None, str]]:
    """A refusal as the forms list it: the field it is about, and the sentence."""
    if refusal is None:
        return []
    return [(getattr(refusal, "field", None), str(refusal))]


def problem_of(refusal: Refused, *, request_id: str | None) -> dict[str, Any]:
    """The body of application/problem+json, with a stable `type`."""
    body: dict[str, Any] = {
        "type": PROBLEM_TYPE + refusal.code,
        "title": refusal.title,
        "status": refusal.status,
        "detail": str(refusal),
        "request_id": request_id,
    }
    if isinstance(refusal, Invalid) and refusal.field:
        body["field"] = refusal.field
    return body


def problem(refusal: Refused) -> ResponseReturnValue:
    """A refusal as a program reads it."""
    response = jsonify(problem_of(refusal, request_id=g.get("request_id")))
    response.mimetype = "application/problem+json"
    return response, refusal.status


def word(app: Flask, *, has_pages: bool) -> None:
    """Answer every exception of a door: a page of its `refused.html`, or a problem."""

    def refuse(error: Exception) -> ResponseReturnValue:
        refusal = as_refusal(error)
        if refusal.status >= 500:
            level = log.error if refusal.status == 500 else log.warning
            level(
                "refused",
                path=request.path,
                why=type(error).__name__,
                exc_info=error if refusal.status == 500 else None,
            )
        answer = app.make_response(_page(refusal) if has_pages else problem(refusal))
        if refusal.retry_after_seconds:
            answer.headers["Retry-After"] = str(refusal.retry_after_seconds)
        return answer

    def _page(refusal: Refused) -> ResponseReturnValue:
        try:
            return render_template(
                f"{app.name}/refused.html",
                title=refusal.title,
                sentence=str(refusal),
                request_id=g.get("request_id") if refusal.status >= 500 else None,
            ), refusal.status
        except (TemplateNotFound, sa.exc.SQLAlchemyError):
            return problem(refusal)

    app.register_error_handler(Exception, refuse)
