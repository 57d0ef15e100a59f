"""What Redis knows of a room: an index that can be rebuilt. Each script is safe to repeat."""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import redis
from redis.commands.core import Script

from core.errors import Unavailable
from core.redis import asking, client
from core.waitingroom.rooms import Room

SCRIPTS = Path(__file__).with_name("scripts")
KEEP = timedelta(days=8)
"""How long Redis keeps a room that nobody tends."""
PARTS = ("places", "passes", "claims", "calls", "late", "lingering")
LOST = "lost"

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


def run(name: str, room: Room, parts: Sequence[str], *args: Any) -> Any:
    """Run a script on these keys of a room; the first is the room's own. Raises LineAway, Lost."""
    keys = [room.key(), *(each and room.key(each) for each in parts)]
    try:
        with asking(room.cell) as server:
            answer = _script(name, room.cell)(keys=keys, args=args, client=server)
    except redis.RedisError as error:
        raise LineAway(AWAY) from error
    if isinstance(answer, list) and answer[0] == LOST:
        raise Lost
    return answer


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


@lru_cache(maxsize=256)
def _script(name: str, cell: str) -> Script:
    parts = [(SCRIPTS / f"{each}.lua").read_text(encoding="utf-8") for each in ("prelude", name)]
    return client(cell).register_script("\n".join(parts))
