"""Who may enter: members, into the data of their own reseller, as far as their role goes."""

import contextlib

from flask import Flask, g, request, url_for
from flask.typing import ResponseReturnValue

from core import actors, tenancy
from core.errors import NotFound
from core.web import current_visitor, require_visitor, wants_partial
from dashboard import permissions

DOOR_NAME = "Dashboard"
NAVIGATION = [
    ("overview.show", "Overview", "layout-dashboard"),
    ("shows.index", "Shows", "calendar-days"),
    ("orders.index", "Orders", "receipt-text"),
]
PART_OF = {"waiting_rooms": "shows"}
"""Pages that stand under another heading."""


def stand(app: Flask) -> None:
    @app.before_request
    def enter() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint in permissions.OPEN:
            return None
        visitor = current_visitor()
        if visitor is None or visitor.reseller_id is None:
            return _turn_away()
        tenant = tenancy.find_by_id(visitor.reseller_id)
        if tenant is None or not permissions.allows(visitor.role, request.endpoint):
            raise NotFound("There is no such page.")
        g.inside = contextlib.ExitStack()
        g.inside.enter_context(tenancy.bound_to(tenant))
        g.inside.enter_context(actors.acting_as(f"member {visitor.reference}"))
        g.tenant = tenant
        return None

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        inside: contextlib.ExitStack | None = g.pop("inside", None)
        if inside is not None:
            inside.close()

    @app.context_processor
    def offer() -> dict[str, object]:
        tenant = g.get("tenant")
        return {
            "door_name": DOOR_NAME,
            "nav_items": _navigation(),
            "person": current_visitor(),
            "account_name": tenant.name if tenant else None,
            "sign_out_url": url_for("sign_outs.create"),
            "may": may,
        }


def may(act: str) -> bool:
    """Whether the member who asks may do this: an endpoint, or another line of the table."""
    visitor = current_visitor()
    return visitor is not None and permissions.allows(visitor.role, act)


def _navigation() -> list[tuple[str, str, str, bool]]:
    here = PART_OF.get(request.blueprint or "", request.blueprint)
    return [
        (label, url_for(endpoint), icon, endpoint.partition(".")[0] == here)
        for endpoint, label, icon in NAVIGATION
        if may(endpoint)
    ]


def _turn_away() -> ResponseReturnValue | None:
    if wants_partial():  # a page that was left open: all of it goes to the sign-in, not a piece
        return "", 401, {"HX-Redirect": url_for("sign_ins.new")}
    return require_visitor("sign_ins.new")
