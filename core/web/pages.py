"""Whether the answer is a page, or a piece of one."""

from typing import cast

from flask import request
from htmx_flask.requests import HtmxAwareRequest


def wants_partial() -> bool:
    """Whether HTMX asked for a piece; boosted links and history restores want the whole page."""
    hx = cast("HtmxAwareRequest", request).htmx
    return bool(hx) and not hx.boosted and not hx.history_restore_request
