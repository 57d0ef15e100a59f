"""Who may enter: admins, as far as their role goes. Pages bind the reseller they are about."""

import contextlib

from flask import Flask, g, request, url_for
from flask.typing import ResponseReturnValue

from console import permissions
from core import actors
from core.errors import NotFound
from core.web import current_visitor, require_visitor

DOOR_NAME = "Console"
NAVIGATION = [
    ("resellers.index", "Resellers", "building-2"),
    ("waiting_rooms.index", "Waiting rooms", "users"),
    ("operations.index", "Operations", "activity"),
]


def stand(app: Flask) -> None:
    @app.before_request
    def enter() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint in permissions.OPEN:
            return None
        visitor = current_visitor()
        if visitor is None:
            return require_visitor("sign_ins.new")
        if not permissions.allows(visitor.role, request.endpoint):
            raise NotFound("There is no such page.")
        g.inside = contextlib.ExitStack()
        g.inside.enter_context(actors.acting_as(f"admin {visitor.reference}"))
        return None

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        inside: contextlib.ExitStack | None = g.pop("inside", None)
        if inside is not None:
            inside.close()

    @app.context_processor
    def offer() -> dict[str, object]:
        return {
            "door_name": DOOR_NAME,
            "nav_items": _navigation(),
            "person": current_visitor(),
            "account_name": None,
            "sign_out_url": url_for("sign_outs.create"),
            "may": may,
        }


def may(act: str) -> bool:
    """Whether the admin who asks may do this."""
    visitor = current_visitor()
    return visitor is not None and permissions.allows(visitor.role, act)


def _navigation() -> list[tuple[str, str, str, bool]]:
    here = request.blueprint
    return [
        (label, url_for(endpoint), icon, endpoint.partition(".")[0] == here)
        for endpoint, label, icon in NAVIGATION
        if may(endpoint)
    ]
