"""Refusals of the waiting room, as small as its other pages; they try again by themselves."""

from flask import Response, make_response, render_template

from core.errors import Refused
from storefront.waiting.finding import get_room, show_facts


class FromElsewhere(Refused):
    status = 403
    code = "from_elsewhere"
    title = "Please join from our own page"


def refused(slug: str, refusal: Refused, *, joins: bool) -> Response:
    """The refusal as a page that repeats what was refused: joining, or looking at one's place."""
    response = make_response(
        render_template(
            "storefront/waiting/refused.html",
            show=show_facts(slug),
            room=get_room(slug),
            refusal=refusal,
            joins=joins,
        ),
        refusal.status,
    )
    if refusal.retry_after_seconds:
        response.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return response
