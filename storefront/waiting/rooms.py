"""The waiting room's entrance: the same page for everybody, kept by caches, without a cookie."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import clock, waitingroom
from core.waitingroom import RoomPhase
from storefront.showing import find_show
from storefront.waiting import wording
from storefront.waiting.answering import shared, shared_page
from storefront.waiting.finding import find_room, find_room_afresh, show_facts

bp = Blueprint("waiting_rooms", __name__)

NEWCOMER_SECONDS = 20
"""How often the entrance of an open line looks for news without a script."""

NOTICES = {
    "pass": (
        "That link could not be used",
        "Its pass is over, or was given to somebody else. If it is yours, sign in with the address"
        " you waited with and open the link again. Or join the line here.",
    ),
    "turn": (
        "Please wait for your turn",
        "So many people want tickets for this show that they are let in one after the other."
        " Nothing was charged, and the tickets you chose are chosen again when it is your turn.",
    ),
    "gone": (
        "We do not find your place",
        "Perhaps this is another browser, or its cookies were deleted. If you were signed in when"
        " you joined, sign in again. Or join the line here.",
    ),
}
"""Why somebody was sent here, by what the address says; the page is still everybody's."""


@bp.get("/shows/<slug>/waiting-room")
def show(slug: str) -> ResponseReturnValue:
    notice = NOTICES.get(request.args.get("notice", ""))
    room = find_room(slug)
    if notice and (room is None or not room.needs_pass):  # where it was sent from knew better
        room = find_room_afresh(slug)
    if room is None or not room.needs_pass:
        find_show(slug)
        return shared(redirect(url_for("shows.show", slug=slug)))  # type: ignore[arg-type]  # ours
    phase = room.phase(clock.now())
    serving = waitingroom.now_serving(room)
    return shared_page(
        "storefront/waiting/room.html",
        show=show_facts(slug),
        room=room,
        phase=phase,
        serving=serving,
        rows=wording.rows(serving, room.currency),
        words=wording.words(),
        estimate=wording.estimate(serving.wait_seconds(serving.last + 1)),
        refresh_seconds=(
            NEWCOMER_SECONDS if phase is RoomPhase.OPEN else serving.poll_seconds(None)
        ),
        notice=notice,
    )
