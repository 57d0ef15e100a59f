"""Tending a room: once a second, by whoever gets to it first, the line moves on.

The relay's clock comes round to every room, and so does each process that is asked where a line
stands: so it moves as long as anybody looks at it.
"""

import math

import redis
import sqlalchemy as sa
import structlog

from core import actors, settings
from core.catalogue import Show
from core.database import db, transaction
from core.redis import asking
from core.waitingroom import index
from core.waitingroom.calling import Called, call
from core.waitingroom.index import PARTS, Lost
from core.waitingroom.limits import (
    DRAW_MS,
    LATE_DRAW_SECONDS,
    LOW,
    MARKED_QUIET_SECONDS,
    OVER_SECONDS,
    QUIET_SECONDS,
    RETURN_SECONDS,
    TEND_EVERY_MS,
)
from core.waitingroom.models import WaitingRoom
from core.waitingroom.opening import open_line, write_numbers
from core.waitingroom.restoring import reserve, restore
from core.waitingroom.rooms import Room
from core.waitingroom.states import RoomState
from core.waitingroom.supplying import Seen, look_at, supply_of
from core.waitingroom.switching import close_now
from core.waitingroom.watching import visits_a_second

OVER = "the sale is over"

log = structlog.get_logger()


def tend(room: Room, *, is_asked_for: bool = False) -> None:
    """Open it if it is time, call who may come in, note where the line stands, close it if it is
    over. Outside of any transaction. Raises LineAway, and what the database raises.

    `is_asked_for`: by somebody who waits for an answer; a draw is left to the relay's clock, unless
    that is late.
    """
    if not _is_my_turn(room):
        return
    with actors.acting_as("schedule"):
        try:
            _tend(room, LATE_DRAW_SECONDS if is_asked_for else 0)
        except Lost:  # it will be found, and brought back, in a second
            log.info("waiting_room.lost", show=room.show)


def _tend(room: Room, patience_seconds: int) -> None:
    with transaction():
        seen = look_at(room)
    if seen.state == RoomState.CLOSED:
        return
    try:
        fields = index.fields(room)
    except Lost:
        restore(room)
        with transaction():
            seen = look_at(room)
        fields = index.fields(room)
    if _is_of_another_time(fields, seen):  # or we were overtaken by who brought it back
        with transaction():
            seen = look_at(room)
        fields = index.fields(room)
    if _is_of_another_time(fields, seen):
        log.warning("waiting_room.set_back", show=room.show, epoch=fields["epoch"])
        _forget(room)
        return
    has_places = _keep(room)
    if seen.state == RoomState.READY:
        _tend_gathering(room, seen, patience_seconds)
        return
    if fields["phase"] == "open" and room.drawn_count and not has_places:
        log.warning("waiting_room.places_gone", show=room.show)
        _forget(room)
        return
    if fields["phase"] != "open":
        _leave_to_me(room)
        write_numbers(room)
        fields = index.fields(room)
    called = call(room, supply_of(room, seen), fields)
    if called.count:
        log.info("waiting_room.called", show=room.show, count=called.count, serving=called.serving)
    _note(room, seen, called)


def _tend_gathering(room: Room, seen: Seen, patience_seconds: int) -> None:
    if seen.is_over:
        with transaction():
            close_line(room, OVER)
        return
    late_seconds = (seen.at - room.on_sale_at).total_seconds()
    if late_seconds < patience_seconds or seen.is_draft or _is_coming_back(seen):
        return
    _leave_to_me(room)
    try:
        open_line(room)
    except Lost:  # of those who gathered some are gone here: all show their places again
        _forget(room)
        raise


def _note(room: Room, seen: Seen, called: Called) -> None:
    """Where the line stands, in the database; and whether it is over."""
    fields = index.fields(room)
    last = max(called.last, int(fields["last"]))
    unspent = int(fields["passes"]) + int(fields["unclaimed"]) + int(fields["phantoms"])
    is_empty = called.serving >= last and not int(fields["unclaimed"]) + int(fields["late"])
    is_sold_out = not seen.left + seen.held
    if seen.reserved - last < LOW:
        reserve(room)
    with transaction():
        db.session.execute(
            sa.update(WaitingRoom)
            .where(WaitingRoom.show_id == room.show_id, WaitingRoom.epoch == seen.epoch)
            .values(
                serving=called.serving,
                last=sa.func.least(last, WaitingRoom.reserved),
                unspent=unspent,
                emptied_at=(seen.emptied_at or seen.at) if is_empty or is_sold_out else None,
            )
        )
        idle = (seen.at - seen.emptied_at).total_seconds() if seen.emptied_at else -1
        if seen.is_over:
            close_line(room, OVER)
        elif is_empty and idle >= _quiet(seen) and _is_calm(room):
            close_line(room, "nobody waits any more")
        elif is_sold_out and idle >= OVER_SECONDS:
            close_line(room, "there is nothing left to sell")


def close_line(room: Room, reason: str) -> None:
    """Let everybody buy without a pass again. In a transaction."""
    close_now(
        db.session.scalars(sa.select(Show).where(Show.id == room.show_id)).one(), reason=reason
    )
    log.info("waiting_room.drained", show=room.show, reason=reason)


def _is_coming_back(seen: Seen) -> bool:
    """Those who gathered show their places again, since Redis lost them: nobody is left out."""
    age = (seen.at - seen.restored_at).total_seconds() if seen.restored_at else math.inf
    return age < RETURN_SECONDS


def _is_calm(room: Room) -> bool:
    opens_at = settings.load().waiting_room_opens_at
    return not opens_at or visits_a_second(room) * 2 <= opens_at


def _quiet(seen: Seen) -> int:
    return MARKED_QUIET_SECONDS if seen.is_high_traffic else QUIET_SECONDS


def _is_of_another_time(fields: dict[str, str], seen: Seen) -> bool:
    """A Redis that came back with what it knew some time ago, or was never told of a new epoch."""
    is_behind = int(fields["last"]) < seen.last or int(fields["serving"]) < seen.serving
    return fields["epoch"] != seen.epoch or (seen.state == RoomState.OPEN and is_behind)


def _forget(room: Room) -> None:
    try:
        with asking(room.cell) as server:
            server.delete(*(room.key(part) for part in ("", "restoring", *PARTS)))
    except redis.RedisError as error:
        raise index.LineAway(index.AWAY) from error


def _keep(room: Room) -> bool:
    """Have Redis keep the room; whether it has any places."""
    try:
        with asking(room.cell) as server:
            pipe = server.pipeline(transaction=False)
            for part in ("places", "", *PARTS):
                pipe.pexpire(room.key(part), index.KEEP)
            return bool(pipe.execute()[0])
    except redis.RedisError as error:
        raise index.LineAway(index.AWAY) from error


def _leave_to_me(room: Room) -> None:
    """What takes longer than a second is not begun by somebody else meanwhile."""
    try:
        with asking(room.cell) as server:
            server.set(room.key("tended"), "", px=DRAW_MS)
    except redis.RedisError as error:
        raise index.LineAway(index.AWAY) from error


def _is_my_turn(room: Room) -> bool:
    try:
        with asking(room.cell) as server:
            return bool(server.set(room.key("tended"), "", nx=True, px=TEND_EVERY_MS))
    except redis.RedisError as error:
        raise index.LineAway(index.AWAY) from error
