"""What is published of a draw, for anybody to check (docs/verify-draw.py)."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from core.catalogue import Show
from core.database import db
from core.remembering import Remembered
from core.waitingroom.drawing import Draw
from core.waitingroom.models import WaitingRoom
from core.waitingroom.opening import drawn_order
from core.waitingroom.rooms import Room

SHARD_LETTERS = 2
KEEP_SECONDS = 600.0
MOST_DRAWS = 16
"""Remembered at once by a process: 20 MB for a hundred thousand places."""


def find_draw(show: str) -> Draw | None:
    """The draw of a show by its reference; None until it was held."""
    row = db.session.execute(
        sa.select(
            WaitingRoom.drawn_at,
            WaitingRoom.drawn_count,
            WaitingRoom.commitment,
            WaitingRoom.seed,
            WaitingRoom.places_digest,
        )
        .join(Show, Show.id == WaitingRoom.show_id)
        .where(Show.reference == show)
    ).one_or_none()
    if row is None or row.drawn_at is None:
        return None
    return Draw(
        show=show,
        drawn_at=row.drawn_at,
        places=row.drawn_count,
        commitment=row.commitment,
        seed=row.seed.hex(),
        places_digest=row.places_digest,
    )


def drawn_numbers(room: Room, shard: str) -> dict[str, int]:
    """Numbers by place of those whose id ends in these two letters: about a thousandth of all.

    For the moment after the draw, when a hundred thousand want to know their number: all of it is
    a thousand small documents that never change and that caches keep.
    """
    if room.drawn_at is None:
        return {}
    return _numbers.get(_Key(room.schema, room.show_id, room)).get(shard, {})


@dataclass(frozen=True)
class _Key:
    schema: str
    show_id: int
    room: Room = field(compare=False)


def _look_up(key: _Key) -> dict[str, dict[str, int]]:
    shards: dict[str, dict[str, int]] = {}
    for number, place in enumerate(drawn_order(key.room), start=1):
        shards.setdefault(place[-SHARD_LETTERS:], {})[place] = number
    return shards


_numbers: Remembered[_Key, dict[str, dict[str, int]]] = Remembered(
    _look_up, seconds=KEEP_SECONDS, limit=MOST_DRAWS
)


def draw_places(show: str) -> str | None:
    """Ids of all places that were drawn, ascending, one on a line; None until then."""
    return db.session.scalar(
        sa.select(WaitingRoom.drawn_places)
        .join(Show, Show.id == WaitingRoom.show_id)
        .where(Show.reference == show)
    )
