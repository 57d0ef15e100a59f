"""The reseller's shows, drafts too, with what is sold of each."""

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from core import catalogue, orders, settings, tenancy
from core.catalogue import Phase
from core.web import switching, watching
from dashboard.guard import may
from dashboard.showing import row_of, view_of_show

bp = Blueprint("shows", __name__)

NEWEST = 10


@bp.get("/shows")
def index() -> ResponseReturnValue:
    now = orders.database_now()
    views = [view_of_show(each, now) for each in catalogue.all_shows()]
    return render_template(
        "dashboard/shows/index.html",
        to_come=[each for each in reversed(views) if each.phase != Phase.ENDED],
        past=[each for each in views if each.phase == Phase.ENDED],
    )


@bp.get("/shows/<reference>")
def show(reference: str) -> ResponseReturnValue:
    found = catalogue.get_any_show(reference)
    now = orders.database_now()
    is_public = catalogue.phase_of(found, now) is not Phase.HIDDEN
    shop = settings.load().origin(tenancy.home_host(g.tenant))
    placed = orders.search(show_id=found.id, limit=NEWEST)
    room = watching.view_of(found, now=now)
    return render_template(
        "dashboard/shows/show.html",
        show=view_of_show(found, now),
        public_url=f"{shop}/shows/{found.slug}" if is_public else None,
        room=None if room.is_over else room,
        room_url=url_for("waiting_rooms.show", reference=reference),
        live_url=url_for("waiting_rooms.live", reference=reference),
        may_switch=may("waiting_rooms.create"),
        switches=switching.offered(room)[:1],
        orders=[row_of(each, g.tenant, now) for each in placed.orders],
        has_more=placed.next_after is not None,
    )
