"""Rebuilding a room in Redis: above every number that was ever given, and none given twice.

What Redis is told is what PostgreSQL remembers: where the line stood a second ago, who was drawn,
and which numbers were set aside before anybody got one. The rest comes back with the people, who
carry their places (tokens).
"""

import secrets
import threading
import time
from collections.abc import Sequence
from typing import Any

import redis
import sqlalchemy as sa
import structlog

from core.database import db, transaction
from core.redis import asking
from core.waitingroom import index
from core.waitingroom.index import LineAway, Lost
from core.waitingroom.limits import BLOCK, LOW, MOST_GAPS, MOST_TRIES
from core.waitingroom.models import WaitingRoom
from core.waitingroom.rooms import Room, find_room_by_id, forget_rooms
from core.waitingroom.states import RoomState

PAUSE_SECONDS = 0.1
RESTORING_MS = 3_000
"""How long others leave it to whoever began to bring a room back; then one of them does."""

_reserving = threading.Lock()

log = structlog.get_logger()


def asked(name: str, room: Room, parts: Sequence[str], *args: Any) -> list[Any]:
    """Run a script, first bringing the room back if Redis has lost it. Outside of any transaction.

    Raises LineAway.
    """
    for _ in range(MOST_TRIES):
        try:
            answer: list[Any] = index.run(name, room, parts, *args)
        except Lost:
            restore(room)
            room = find_room_by_id(room.show_id) or room
            continue
        if answer[0] == "full":
            reserve(room)
        elif answer[0] == "returning":
            time.sleep(PAUSE_SECONDS)
        else:
            return answer
    raise LineAway(index.AWAY)


def restore(room: Room) -> None:
    """Set the room up in Redis: of many who find it lost, one does. Outside of any transaction.

    Raises LineAway.
    """
    if not _is_mine_to_restore(room):
        time.sleep(PAUSE_SECONDS)  # somebody else is setting it up this moment
        return
    with transaction():
        row = locked(room.show_id)
        _begin_epoch(row)
        epoch, last, reserved, serving = row.epoch, row.last, row.reserved, row.serving
        unspent, phase = row.unspent, _phase(row)
    forget_rooms()
    log.info("waiting_room.set_up", show=room.show, serving=serving, last=last, phase=phase)
    index.run(
        "set_up",
        room,
        [],
        index.SERVER_CLOCK,
        int(index.KEEP.total_seconds() * 1000),
        epoch,
        phase,
        last,
        reserved,
        serving,
        unspent,
    )


def reserve(room: Room) -> None:
    """Set more numbers aside: in PostgreSQL first. Outside of any transaction. Raises LineAway."""
    with _reserving:  # of all in this process who need a number, one asks PostgreSQL
        try:
            seen = index.fields(room)
            last = int(seen["last"])
            if int(seen["reserved"]) - last >= LOW:
                return
            with transaction():
                row = locked(room.show_id)
                if row.reserved - last < LOW:
                    row.reserved = max(row.reserved, last) + BLOCK
                reserved = row.reserved
            index.run("reserve", room, [], reserved)
        except Lost:
            return


def locked(show_id: int) -> WaitingRoom:
    """The row, as it is now, and nobody else's until the transaction ends."""
    return db.session.scalars(
        sa.select(WaitingRoom)
        .where(WaitingRoom.show_id == show_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _is_mine_to_restore(room: Room) -> bool:
    """Whoever marks it as his own first, in what is left of Redis, until it is there again."""
    try:
        with asking(room.cell) as server:
            pipe = server.pipeline()
            pipe.set(room.key("restoring"), "", nx=True, px=RESTORING_MS)
            pipe.exists(room.key())
            is_first, is_there = pipe.execute()
    except redis.RedisError as error:
        raise LineAway(index.AWAY) from error
    return bool(is_first) and not is_there


def _begin_epoch(row: WaitingRoom) -> None:
    is_lost = bool(row.epoch)
    row.epoch = secrets.token_hex(4)
    if is_lost:
        row.restored_at = sa.func.now()
    if row.state == RoomState.READY:
        return
    if is_lost:
        # Above `last` somebody may have got a number in the second before it was lost.
        add_gap(row, row.last + 1, row.reserved)
        row.last = row.reserved
    row.reserved = row.last + BLOCK


def add_gap(row: WaitingRoom, first: int, last: int) -> None:
    """Numbers of which we do not know that anybody has them; the line goes past them."""
    if first <= last:
        ahead = [gap for gap in row.gaps if gap[1] > row.serving]
        if ahead and ahead[-1][1] + 1 >= first:
            first = ahead.pop()[0]
        row.gaps = [*ahead, [first, last]][-MOST_GAPS:]


def _phase(row: WaitingRoom) -> str:
    if row.state == RoomState.READY:
        return "gathering"
    return "returning" if row.drawn_count and row.state == RoomState.OPEN else "open"
