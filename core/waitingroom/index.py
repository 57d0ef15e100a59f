"""What Redis knows of a room: an index that can be rebuilt. Each script is safe to repeat."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import redis
from redis.exceptions import NoScriptError

from core.boxoffice import Busy, Line
from core.errors import Unavailable
from core.redis import asking
from core.waitingroom.rooms import Room

SCRIPTS = Path(__file__).with_name("scripts")
KEEP = timedelta(days=8)
"""How long Redis keeps a room that nobody tends."""
PARTS = ("places", "passes", "claims", "calls", "late", "lingering")
LOST = "lost"
MOST_TOGETHER = 100
"""Scripts in one go: Redis is busy with them for two milliseconds."""

SERVER_CLOCK = 0
"""Instead of a moment in ms: by the clock of the Redis server, which all processes share."""


class LineAway(Unavailable):
    """Redis does not answer, so nobody can be given a place or called; nothing is lost."""

    code = "waiting_room_away"
    title = "The line is standing still for a moment"
    retry_after_seconds = 5


AWAY = "The line is standing still for a moment. Your place is safe; please try again."


class Lost(Exception):
    """Redis answers, and knows nothing of this room."""


class Call(NamedTuple):
    """A script to run: its name, its keys, its arguments."""

    script: str
    keys: Sequence[str]
    args: Sequence[Any]


def run(name: str, room: Room, parts: Sequence[str], *args: Any) -> Any:
    """Run a script on these keys of a room; the first is the room's own. Raises LineAway, Lost.

    All who ask in this process at the same moment are asked for together: one connection, one
    round trip. Each by itself costs twice the time of ours, and when many ask at once their
    answers are there before anybody gets round to reading them, which looks like a Redis that is
    away.
    """
    keys = [room.key(), *(each and room.key(each) for each in parts)]
    try:
        answer = _line(room.cell).ask(Call(name, keys, args))
    except (redis.RedisError, Busy) as error:
        raise LineAway(AWAY) from error
    if isinstance(answer, list) and answer[0] == LOST:
        raise Lost
    return answer


@lru_cache(maxsize=64)
def _line(cell: str) -> Line[Call, Any]:
    return Line(lambda draw: _answers(cell, draw()), batch=MOST_TOGETHER)


def _answers(cell: str, calls: Sequence[Call]) -> list[Any]:
    try:
        with asking(cell) as server:
            answers = _sent(server, calls)
            if any(isinstance(each, NoScriptError) for each in answers):
                for name in {call.script for call in calls}:
                    server.script_load(_text(name))
                answers = _sent(server, calls)  # each is safe to repeat
            return answers
    except redis.RedisError:
        return [LineAway(AWAY) for _ in calls]


def _sent(server: "redis.Redis", calls: Sequence[Call]) -> list[Any]:
    pipe = server.pipeline(transaction=False)
    for script, keys, args in calls:
        pipe.evalsha(_digest(script), len(keys), *keys, *args)
    return list(pipe.execute(raise_on_error=False))


def fields(room: Room) -> dict[str, str]:
    """Everything but the places. Raises LineAway, Lost."""
    try:
        with asking(room.cell) as server:
            found: dict[str, str] = server.hgetall(room.key())  # type: ignore[assignment]  # not async
    except redis.RedisError as error:
        raise LineAway(AWAY) from error
    if not found:
        raise Lost
    return found


@lru_cache(maxsize=64)
def _text(name: str) -> str:
    parts = [(SCRIPTS / f"{each}.lua").read_text(encoding="utf-8") for each in ("prelude", name)]
    return "\n".join(parts)


@lru_cache(maxsize=64)
def _digest(name: str) -> str:
    """What Redis calls a script that it has been told once."""
    return hashlib.sha1(_text(name).encode(), usedforsecurity=False).hexdigest()
