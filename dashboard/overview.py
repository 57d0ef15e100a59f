"""The first page: what sold today, what is owed, what happens right now."""

from datetime import datetime

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from core import catalogue, clock, ledger, orders, waitingroom
from core.catalogue import Phase
from core.waitingroom import NowServing, Room, RoomPhase
from dashboard.guard import may
from dashboard.showing import OrderRow, row_of, view_of_show, zone_of

bp = Blueprint("overview", __name__)

NEWEST = 8
SHOWS = 8
ROOMS = 8
IS_BUSY = frozenset({RoomPhase.GATHERING, RoomPhase.OPEN})
STILL_MATTERS = frozenset({Phase.UPCOMING, Phase.ON_SALE, Phase.CLOSED})


@bp.get("/")
def show() -> ResponseReturnValue:
    rooms = _busy_rooms()  # before anything is read: a room that is looked at is tended
    now = orders.database_now()
    midnight = now.astimezone(zone_of(g.tenant)).replace(hour=0, minute=0, second=0, microsecond=0)
    to_come = [
        each for each in catalogue.published() if catalogue.phase_of(each, now) in STILL_MATTERS
    ]
    return render_template(
        "dashboard/overview/show.html",
        rooms=rooms,
        today=orders.sales(since=midnight),
        total=orders.sales(),
        earnings=ledger.earnings() if may("money") else [],
        shows=[view_of_show(each, now) for each in to_come[:SHOWS]],
        more_shows=max(0, len(to_come) - SHOWS),
        orders=_newest(now),
    )


@bp.get("/newest-orders")
def newest() -> ResponseReturnValue:
    return render_template("dashboard/overview/_newest.html", orders=_newest(orders.database_now()))


def _newest(now: datetime) -> list[OrderRow]:
    return [row_of(each, g.tenant, now) for each in orders.newest(limit=NEWEST)]


def _busy_rooms() -> list[tuple[Room, NowServing]]:
    """Waiting rooms with people in them, or about to have some."""
    now = clock.now()
    busy = [room for room in waitingroom.rooms() if room.phase(now) in IS_BUSY]
    return [(room, waitingroom.now_serving(room)) for room in busy[:ROOMS]]
