"""The switch and the settings of a show's waiting room. In a transaction; each leaves a row."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, events, moves
from core.catalogue import Phase, Show, phase_of
from core.database import db
from core.errors import Conflict, Invalid
from core.moves import begin, move
from core.waitingroom import drawing
from core.waitingroom.limits import ABSENT_SECONDS
from core.waitingroom.models import (
    MOST_A_MINUTE,
    MOST_GATHER_MINUTES,
    MOST_SEATS,
    Suspects,
    WaitingRoom,
)
from core.waitingroom.restoring import add_gap, locked
from core.waitingroom.rooms import forget_rooms_after_commit
from core.waitingroom.states import LIFE, RoomState

RANGES = {
    "gather_minutes": (0, MOST_GATHER_MINUTES, "minutes"),
    "checkout_seats": (1, MOST_SEATS, "people"),
    "per_minute": (1, MOST_A_MINUTE, "people a minute"),
}
MAX_REASON_LENGTH = 200


class NotNow(Conflict):
    code = "waiting_room_not_now"
    title = "Not now"


def mark(show: Show, *, reason: str) -> None:
    """Mark a show as high traffic: people gather before its sale, and wait once it has begun.

    Marking twice is harmless. Raises Invalid, NotNow if nothing will be sold any more.
    """
    _check_sellable(show)
    room = find_or_make(show)
    if not show.is_high_traffic:
        _tell(show, "waiting_room.marked", reason)
        _set(show, is_high_traffic=True)
    is_before = clock.now() < show.on_sale_at
    if room.state == RoomState.CLOSED:
        if is_before and room.opened_at is not None:
            raise NotNow("Its line was open before: open it again when the sale begins.")
        if is_before:
            _move(room, RoomState.READY, reason)
        else:
            _open(room, show, reason)
    _set(show, needs_pass=room.state != RoomState.CLOSED)


def unmark(show: Show, *, reason: str) -> None:
    """Expect no rush any more: nobody gathers before the sale; an open line empties first."""
    room = find_or_make(show)
    if show.is_high_traffic:
        _tell(show, "waiting_room.unmarked", reason)
        _set(show, is_high_traffic=False)
    if room.state == RoomState.READY:
        shut(room, show, reason=reason)


def open_now(show: Show, *, reason: str) -> None:
    """Let nobody buy without waiting from now on. Raises NotNow before the sale."""
    _check_sellable(show)
    room = find_or_make(show)
    if clock.now() < show.on_sale_at:
        raise NotNow("It opens by itself when the sale begins.")
    if room.state == RoomState.CLOSED:
        _open(room, show, reason)
        _set(show, needs_pass=True)


def close_now(show: Show, *, reason: str) -> None:
    """Let everybody buy without waiting; who stands in line loses nothing but the line."""
    room = find_or_make(show)
    if room.state == RoomState.CLOSED:
        return
    was_open = room.state == RoomState.OPEN
    shut(room, show, reason=reason)
    if was_open:
        _tell(show, "waiting_room.drained", reason, numbers=room.last)


def shut(room: WaitingRoom, show: Show, *, reason: str) -> None:
    """Close a room; a pause ends with it, lest it hold up who comes when it opens again."""
    if room.is_paused:
        _change(show, "waiting_room.resumed", reason, {"is_paused": False})
    _move(room, RoomState.CLOSED, reason, emptied_at=None)
    _set(show, needs_pass=False)


def pause(show: Show, *, reason: str) -> None:
    """Call nobody; people may still join, and who is in may buy."""
    _change(show, "waiting_room.paused", reason, {"is_paused": True})


def resume(show: Show, *, reason: str) -> None:
    _change(show, "waiting_room.resumed", reason, {"is_paused": False})


def change(show: Show, *, reason: str, **settings: Any) -> None:
    """Change settings while it runs: gather_minutes, checkout_seats, per_minute, suspects.

    Raises Invalid, with the setting's name as its field.
    """
    for name, wanted in settings.items():
        _check(name, wanted)
    _change(show, "waiting_room.changed", reason, settings)


def find_or_make(show: Show) -> WaitingRoom:
    """The room of a show, locked; a new one is closed, and committed to its draw already."""
    found = db.session.scalar(sa.select(WaitingRoom.id).where(WaitingRoom.show_id == show.id))
    if found is None:
        seed = drawing.new_seed()
        made = db.session.execute(
            insert(WaitingRoom)
            .values(show_id=show.id, seed=seed, commitment=drawing.commitment(seed))
            .on_conflict_do_nothing()
            .returning(WaitingRoom.id)
        ).scalar()
        if made is not None:
            begin(LIFE, made, state=RoomState.CLOSED, reason="made for its show")
    forget_rooms_after_commit()
    return locked(show.id)


def _open(room: WaitingRoom, show: Show, reason: str) -> None:
    """Who stood in line before is gone by now, unless it was closed for a moment only."""
    closed_at = moves.history(room.id)[-1].at
    if (clock.now() - closed_at).total_seconds() > ABSENT_SECONDS:
        add_gap(room, room.serving + 1, room.last)
        db.session.flush()
    _move(room, RoomState.OPEN, reason, opened_at=sa.func.clock_timestamp(), emptied_at=None)
    _tell(show, "waiting_room.opened", reason, gathered=0)


def _move(room: WaitingRoom, to: RoomState, reason: str, **facts: Any) -> None:
    move(LIFE, room, to, reason=_cleaned(reason), **facts)


def _change(show: Show, event: str, reason: str, settings: dict[str, Any]) -> None:
    room = find_or_make(show)
    before = {name: getattr(room, name) for name in settings}
    if before == settings:
        return  # the second click
    for name, wanted in settings.items():
        setattr(room, name, wanted)
    db.session.flush()
    _tell(show, event, reason, before=before, after=settings)


def _check(name: str, wanted: Any) -> None:
    if name == "suspects":
        if wanted not in set(Suspects):
            raise Invalid("Please choose what becomes of suspects.", field=name)
        return
    least, most, unit = RANGES[name]
    if wanted is None and name == "per_minute":
        return
    if type(wanted) is not int or not least <= wanted <= most:  # True is none
        raise Invalid(f"Please give a whole number from {least} to {most} {unit}.", field=name)


def _check_sellable(show: Show) -> None:
    if phase_of(show, clock.now()) not in {Phase.UPCOMING, Phase.ON_SALE, Phase.HIDDEN}:
        raise NotNow("Nothing is on sale for this show any more.")


def _cleaned(reason: str) -> str:
    text = " ".join(reason.split())
    if not 1 <= len(text) <= MAX_REASON_LENGTH:
        raise Invalid(
            f"Please give a reason of 1 to {MAX_REASON_LENGTH} characters.", field="reason"
        )
    return text


def _tell(show: Show, event: str, reason: str, **facts: Any) -> None:
    events.record(event, show, reason=_cleaned(reason), **facts)


def _set(show: Show, **facts: Any) -> None:
    db.session.execute(
        sa.update(Show)
        .where(Show.id == show.id)
        .values(**facts)
        .execution_options(synchronize_session="fetch")
    )
