"""A show's waiting room: watching it live, and its switches."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import accounts, catalogue, orders, waitingroom
from core.database import transaction
from core.errors import Refused
from core.web import limiter, switching, wants_partial, watching
from core.web.refusing import listed
from core.web.switching import Switch
from dashboard.guard import may

bp = Blueprint("waiting_rooms", __name__)

SWITCHES_A_MINUTE = "60 per minute"


@bp.get("/shows/<reference>/waiting-room")
def show(reference: str) -> ResponseReturnValue:
    return room_page(reference)


@bp.get("/shows/<reference>/waiting-room/live")
def live(reference: str) -> ResponseReturnValue:
    return render_template(
        "web/waiting_room/_live.html",
        view=watching.view_of(catalogue.get_any_show(reference), now=orders.database_now()),
        live_url=url_for("waiting_rooms.live", reference=reference),
    )


@bp.post("/shows/<reference>/waiting-room")
@limiter.limit(SWITCHES_A_MINUTE)
def create(reference: str) -> ResponseReturnValue:
    return _use(switching.MARK, reference)


@bp.post("/shows/<reference>/waiting-room/withdrawal")
@limiter.limit(SWITCHES_A_MINUTE)
def withdraw(reference: str) -> ResponseReturnValue:
    return _use(switching.UNMARK, reference)


@bp.post("/shows/<reference>/waiting-room/opening")
@limiter.limit(SWITCHES_A_MINUTE)
def open_now(reference: str) -> ResponseReturnValue:
    return _use(switching.OPEN, reference)


@bp.post("/shows/<reference>/waiting-room/closing")
@limiter.limit(SWITCHES_A_MINUTE)
def close_now(reference: str) -> ResponseReturnValue:
    return _use(switching.CLOSE, reference)


@bp.post("/shows/<reference>/waiting-room/pause")
@limiter.limit(SWITCHES_A_MINUTE)
def pause(reference: str) -> ResponseReturnValue:
    return _use(switching.PAUSE, reference)


@bp.post("/shows/<reference>/waiting-room/resumption")
@limiter.limit(SWITCHES_A_MINUTE)
def resume(reference: str) -> ResponseReturnValue:
    return _use(switching.RESUME, reference)


@bp.post("/shows/<reference>/waiting-room/settings")
@limiter.limit(SWITCHES_A_MINUTE)
def change(reference: str) -> ResponseReturnValue:
    return _use(switching.CHANGE, reference)


def room_page(reference: str, *, refusal: Refused | None = None) -> ResponseReturnValue:
    """A room's page, or what follows the live view; with what was asked for and refused."""
    view = watching.view_of(catalogue.get_any_show(reference), now=orders.database_now())
    name = (
        "web/waiting_room/_standing.html"
        if wants_partial()
        else "dashboard/waiting_rooms/show.html"
    )
    return render_template(
        name,
        view=view,
        room_url=url_for("waiting_rooms.show", reference=reference),
        live_url=url_for("waiting_rooms.live", reference=reference),
        may_switch=may("waiting_rooms.create"),
        switches=switching.offered(view),
        draw=waitingroom.find_draw(reference),
        history=watching.history_of(view, accounts.actors_of(g.tenant.id)),
        errors=listed(refusal),
        entered=switching.entered(refusal),
    ), refusal.status if refusal else 200


def _use(switch: Switch, reference: str) -> ResponseReturnValue:
    try:
        with transaction():
            show = catalogue.get_any_show(reference)
            switching.check(show)
            switching.use(switch, show, switching.read(switch))
    except Refused as refusal:
        if refusal.status not in {409, 422}:
            raise
        return room_page(reference, refusal=refusal)
    flash(switch.done)
    return redirect(url_for("waiting_rooms.show", reference=reference), 303)
