"""How often one visitor may send forms that cost something: orders, names, payments."""

from flask import g, request

from core.web import limiter
from storefront.waiting import cookies

PER_VISITOR = "60 per minute"


def _by_visitor() -> str:
    """By the place whose pass a visitor shows: a line calls hundreds behind one address at a time,
    and a pass cannot be made up. By its address where it has none."""
    place = cookies.place_of_a_pass()
    return f"{g.tenant.reference}|{place or request.remote_addr or ''}"


limit_visitors = limiter.limit(PER_VISITOR, key_func=_by_visitor)
