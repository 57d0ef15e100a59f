"""The same file for the page and for what HTMX swaps in."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from core.web.doors import htmx


def wants_partial() -> bool:
    """Whether HTMX asked for a piece; boosted links and history restores want the whole page."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_partial(
    page: str, partial: str, *, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """Render the partial for HTMX, the page that includes it for everyone else."""
    return render_template(partial if wants_partial() else page, **values), status
