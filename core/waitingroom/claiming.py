"""Coming in: who is called claims the pass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from core.errors import NotFound
from core.redis import asking
from core.waitingroom.identifying import Holder, PlaceId, key_of, read_id
from core.waitingroom.index import AWAY, SERVER_CLOCK, LineAway
from core.waitingroom.limits import CLAIM_SECONDS, PASS_SECONDS
from core.waitingroom.places import Entry, Place, place_of
from core.waitingroom.restoring import asked
from core.waitingroom.rooms import Room, find_room_by_id
from core.waitingroom.tokens import carried_by

NO_PLACE = "There is no such place in this line."
ANY_TURN = -1


def claim(
    room: Room, holder: Holder, *, token: str | None = None, now_ms: int = SERVER_CLOCK
) -> Place:
    """The holder's place; with its pass, if it is called. Asked again, the same pass.

    Who comes in later than CLAIM_SECONDS after the call is let in as soon as a seat at the
    checkout is free, ahead of those who are not called yet. Raises NotFound, LineAway.
    """
    return _claimed(room, key_of(holder, room.show_id), ANY_TURN, token, now_ms)


def find_place(place: str, *, token: str | None = None, now_ms: int = SERVER_CLOCK) -> Place:
    """A place by its id; with its pass, if it is called. Raises NotFound, LineAway.

    `token`: as it was given out with the place, for when the index has been lost. The pass of a
    browser's place is for that browser alone; ids are no secret (those that were drawn are
    published), so a pass is worth nothing to anybody but its holder.
    """
    read = read_id(place)
    room = find_room_by_id(read.show_id) if read else None
    if read is None or room is None:
        raise NotFound(NO_PLACE)
    if not read.is_account:
        return _looked_at(room, read, token)
    return _claimed(room, read.key, read.turn, token, now_ms)


def come_in_until(room: Room, number: int) -> datetime | None:
    """Until when somebody may come in who was called and is not late, by Redis's record of the
    calls of late; None if that does not say. Raises LineAway."""
    try:
        with asking(room.cell) as server:
            found: Any = server.zrange(room.key("calls"), 0, -1, withscores=True)
    except redis.RedisError as error:
        raise LineAway(AWAY) from error
    called_ms = min((float(at) for last, at in found if int(last) >= number), default=None)
    if called_ms is None:
        return None
    return datetime.fromtimestamp(called_ms / 1000, UTC) + timedelta(seconds=CLAIM_SECONDS)


def _looked_at(room: Room, read: PlaceId, token: str | None) -> Place:
    carried = carried_by(token, room.show_id, read.key)
    answer = asked("look", room, ["places"], read.key, *carried)
    if answer[0] == "unknown" or answer[1] != read.turn:
        raise NotFound(NO_PLACE)
    return replace(place_of(room, Entry.of(read.key, answer)), pass_token=None)


def _claimed(room: Room, key: str, turn: int, token: str | None, now_ms: int) -> Place:
    answer = asked(
        "claim",
        room,
        ["places", "passes", "claims", "late", "lingering"],
        now_ms,
        key,
        *carried_by(token, room.show_id, key),
        turn,
        PASS_SECONDS * 1000,
    )
    if answer[0] == "unknown":
        raise NotFound(NO_PLACE)
    return place_of(room, Entry.of(key, answer))
