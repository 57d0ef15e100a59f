"""A show's waiting room as tests use it at the dashboard: its page, its forms, its history."""

import re
from typing import Any

from core import waitingroom
from core.catalogue import Show
from core.waitingroom import Room
from tests import world
from tests.browsing import TOKEN, Browser

SETTINGS = {
    "checkout_seats": "800",
    "per_minute": "120",
    "gather_minutes": "45",
    "suspects": "wait",
    "change-reason": "more cashiers",
}
VERSION = re.compile(r'id="live" data-version="([^"]+)"')
SWITCHES = ["", "/withdrawal", "/opening", "/closing", "/pause", "/resumption", "/settings"]


def page_of(show: Any) -> str:
    """The address of a room, by its show or by itself."""
    return f"/shows/{show.show if isinstance(show, Room) else show.reference}/waiting-room"


def version_of(member: Browser, show: Any) -> str:
    """What forms of the room's page carry just now, if it has a page for this member."""
    found = VERSION.search(member.get(page_of(show)).text)
    return found.group(1) if found else ""


def use(member: Browser, show: Any, switch: str = "", **fields: str) -> Any:
    """Send a switch's form, with the token of a page with a form on it."""
    token = TOKEN.search(member.get("/orders").text)
    assert token
    fields = {"version": version_of(member, show), **fields, "csrf_token": token.group(1)}
    return member.post(page_of(show) + switch, data=fields)


def acts(show: Show) -> list[tuple[str, str, str]]:
    """What the history of a room tells, newest first: what, who, why."""
    told = waitingroom.find_live(world.fresh(show)).history
    return [(each.what, each.actor, each.reason) for each in told]
