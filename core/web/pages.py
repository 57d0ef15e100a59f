"""The same file for the page and for what HTMX swaps in."""

from typing import Any, cast

from flask import render_template, request
from flask.typing import ResponseReturnValue
from htmx_flask.requests import HtmxAwareRequest


def wants_partial() -> bool:
    """Whether HTMX asked for a piece; boosted links and history restores want the whole page."""
    hx = cast("HtmxAwareRequest", request).htmx
    return bool(hx) and not hx.boosted and not hx.history_restore_request


def page_or_partial(
    page: str, partial: str, *, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """Render the partial for HTMX, the page that includes it for everyone else."""
    return render_template(partial if wants_partial() else page, **values), status
