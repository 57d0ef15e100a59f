"""The waiting rooms of all resellers, and one with its switches."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from console.guard import may
from console.overseeing import overview_of
from console.resellers import after, find_reseller
from core import accounts, catalogue, clock, tenancy, waitingroom
from core.database import transaction
from core.errors import Refused
from core.web import switching, wants_partial, watching
from core.web.refusing import listed
from core.web.switching import Switch, Wish

bp = Blueprint("waiting_rooms", __name__)

RESELLERS_AT_ONCE = 200
"""Whose rooms are looked for for one page."""
ROOM = "/resellers/<reference>/shows/<show>/waiting-room"


@bp.get("/waiting-rooms")
def index() -> ResponseReturnValue:
    found = tenancy.directory(after=after(), limit=RESELLERS_AT_ONCE + 1)
    looked_at = found[:RESELLERS_AT_ONCE]
    name = "_rooms" if wants_partial() else "index"
    return render_template(
        f"console/waiting_rooms/{name}.html",
        overview=overview_of(looked_at, clock.now()),
        next_after=looked_at[-1].reference if len(found) > RESELLERS_AT_ONCE else None,
    )


@bp.get(ROOM)
def show(reference: str, show: str) -> ResponseReturnValue:
    return _page(reference, show)


@bp.get(f"{ROOM}/live")
def live(reference: str, show: str) -> ResponseReturnValue:
    with tenancy.bound_to(find_reseller(reference)):
        view = watching.view_of(catalogue.get_any_show(show), now=clock.now())
    return render_template(
        "web/waiting_room/_live.html",
        view=view,
        live_url=url_for("waiting_rooms.live", reference=reference, show=show),
    )


@bp.post(ROOM)
def create(reference: str, show: str) -> ResponseReturnValue:
    return _use(switching.MARK, reference, show)


@bp.post(f"{ROOM}/withdrawal")
def withdraw(reference: str, show: str) -> ResponseReturnValue:
    return _use(switching.UNMARK, reference, show)


@bp.post(f"{ROOM}/opening")
def open_now(reference: str, show: str) -> ResponseReturnValue:
    return _use(switching.OPEN, reference, show)


@bp.post(f"{ROOM}/closing")
def close_now(reference: str, show: str) -> ResponseReturnValue:
    return _use(switching.CLOSE, reference, show)


@bp.post(f"{ROOM}/pause")
def pause(reference: str, show: str) -> ResponseReturnValue:
    return _use(switching.PAUSE, reference, show)


@bp.post(f"{ROOM}/resumption")
def resume(reference: str, show: str) -> ResponseReturnValue:
    return _use(switching.RESUME, reference, show)


@bp.post(f"{ROOM}/settings")
def change(reference: str, show: str) -> ResponseReturnValue:
    return _use(switching.CHANGE, reference, show)


def _page(reference: str, show: str, *, refusal: Refused | None = None) -> ResponseReturnValue:
    tenant = find_reseller(reference)
    with tenancy.bound_to(tenant):
        view = watching.view_of(catalogue.get_any_show(show), now=clock.now())
        draw = waitingroom.find_draw(show)
    return render_template(
        "web/waiting_room/_standing.html" if wants_partial() else "console/waiting_rooms/show.html",
        reseller=tenant,
        view=view,
        room_url=url_for("waiting_rooms.show", reference=reference, show=show),
        live_url=url_for("waiting_rooms.live", reference=reference, show=show),
        may_switch=may("waiting_rooms.create"),
        switches=switching.offered(view),
        draw=draw,
        history=watching.history_of(view, accounts.actors_of(tenant.id)),
        errors=listed(refusal),
        entered=switching.entered(refusal),
    ), refusal.status if refusal else 200


def _use(switch: Switch, reference: str, show: str) -> ResponseReturnValue:
    tenant = find_reseller(reference)
    try:
        with tenancy.bound_to(tenant), transaction():
            switching.check(catalogue.get_any_show(show))
        wish = switching.read(switch)
        _write_down(switch, wish, show, reseller=tenant.reference)
        with tenancy.bound_to(tenant), transaction():
            found = catalogue.get_any_show(show)
            switching.check(found)
            switching.use(switch, found, wish)
    except Refused as refusal:
        if refusal.status not in {409, 422}:
            raise
        return _page(reference, show, refusal=refusal)
    flash(switch.done)
    return redirect(url_for("waiting_rooms.show", reference=reference, show=show), 303)


def _write_down(switch: Switch, wish: Wish, show: str, *, reseller: str) -> None:
    """Before it happens: that it was asked for is true whatever comes of it."""
    with tenancy.on_platform(), transaction():
        accounts.write_audit(
            f"waiting_room.{switch.name}_asked",
            show,
            reseller=reseller,
            reason=wish.reason,
            **wish.settings,
        )
