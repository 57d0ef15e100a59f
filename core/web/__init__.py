"""What every door shares: making a door, refusing, cookies, security headers. Only doors use it."""

from core.web.assets import asset_url
from core.web.compressing import squeeze
from core.web.doors import make_door
from core.web.forms import form_text, safe_next
from core.web.limiting import limit_sign_ins, limiter
from core.web.pages import wants_partial
from core.web.signing_in import current_visitor, remember, require_visitor
from core.web.signing_in import forget as forget_visitor

__all__ = [
    "asset_url",
    "current_visitor",
    "forget_visitor",
    "form_text",
    "limit_sign_ins",
    "limiter",
    "make_door",
    "remember",
    "require_visitor",
    "safe_next",
    "squeeze",
    "wants_partial",
]
