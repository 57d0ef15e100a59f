"""Answers that are the same for everybody, so that caches may keep them."""

from flask import Response, current_app, g

FRESH_SECONDS = 1


def shared(response: Response, *, seconds: int = FRESH_SECONDS) -> Response:
    """Let whoever is on the way keep it for a while; no cookie is ever put on it (core/web)."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    return response


def shared_page(template: str, **facts: object) -> Response:
    """A page without whoever asks: rendered past what would look up the visitor and the session."""
    page = current_app.jinja_env.get_template(template)
    return shared(Response(page.render(reseller=g.tenant, **facts), mimetype="text/html"))
