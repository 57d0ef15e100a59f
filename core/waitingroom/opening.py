"""Opening the line: nobody gathers any more, those who did are drawn, and it begins to move."""

from collections.abc import Iterator
from datetime import UTC

import redis
import sqlalchemy as sa
import structlog

from core import clock, events
from core.catalogue import Show
from core.database import db, transaction
from core.moves import move
from core.redis import asking
from core.waitingroom import drawing, index
from core.waitingroom.identifying import id_of, key_and_turn
from core.waitingroom.index import Lost
from core.waitingroom.limits import BLOCK
from core.waitingroom.models import WaitingRoom
from core.waitingroom.restoring import locked, reserve
from core.waitingroom.rooms import Room, forget_rooms
from core.waitingroom.states import LIFE, RoomState

SCAN_COUNT = 1000
NUMBERED_AT_ONCE = 500
MOST_PLACES = 5_000_000
"""In one draw; more than any show has had."""
ON_SALE = "the sale begins"

log = structlog.get_logger()


def open_line(room: Room, *, reason: str = ON_SALE) -> None:
    """Draw those who have gathered and let the line move. Outside of any transaction.

    Whatever it was cut off at, doing it again goes on from there: the draw is one row, and a number
    never changes. Raises LineAway; Lost where those who gathered have to show their places first.
    """
    _, gathered = index.run("close", room, [])
    reserve(room)  # for those who come while it is drawn
    places = [id_of(room.show_id, key, turn) for key, turn in _gathered(room)]
    with transaction():
        row = locked(room.show_id)
        if row.state == RoomState.READY:
            if len(places) < gathered:
                raise Lost
            _draw(row, room, places, reason)
    forget_rooms()
    write_numbers(room)


def write_numbers(room: Room) -> None:
    """Put the numbers that were drawn into the index, and open it. Raises LineAway, Lost."""
    epoch = index.fields(room)["epoch"]
    ordered = drawn_order(room)
    numbered = [(*key_and_turn(place), number) for number, place in enumerate(ordered, start=1)]
    for start in range(0, len(numbered), NUMBERED_AT_ONCE):
        batch = numbered[start : start + NUMBERED_AT_ONCE]
        index.run("number", room, ["places"], *(each for entry in batch for each in entry))
    index.run("open", room, [], index.SERVER_CLOCK, epoch)


def drawn_order(room: Room) -> list[str]:
    """Place ids in the order that was drawn; none if nobody had gathered."""
    found = db.session.execute(
        sa.select(WaitingRoom.seed, WaitingRoom.drawn_places).where(
            WaitingRoom.show_id == room.show_id
        )
    ).one()
    return drawing.order(found.seed, room.show, (found.drawn_places or "").split())


def _draw(row: WaitingRoom, room: Room, places: list[str], reason: str) -> None:
    show = db.session.scalars(sa.select(Show).where(Show.id == room.show_id)).one()
    at = clock.now().astimezone(UTC).replace(microsecond=0)
    facts: dict[str, object] = {"opened_at": sa.func.clock_timestamp()}
    if places:
        facts |= {
            "drawn_at": at,
            "drawn_places": drawing.places_text(places),
            "drawn_count": len(places),
            "places_digest": drawing.digest(room.show, at, sorted(places)),
            "last": len(places),
            "reserved": max(row.reserved, len(places) + BLOCK),
        }
    move(LIFE, row, RoomState.OPEN, reason=reason, **facts)
    events.record("waiting_room.opened", show, gathered=len(places), reason=reason)
    log.info("waiting_room.opened", show=room.show, gathered=len(places), reason=reason)


def _gathered(room: Room) -> Iterator[tuple[str, int]]:
    """Holders who have no number yet, and their turn. Raises LineAway."""
    seen = set()
    try:
        with asking(room.cell) as server:
            for key, entry in server.hscan_iter(room.key("places"), count=SCAN_COUNT):
                turn, number, _, _ = entry.split()
                if number == "0" and key not in seen:  # a scan may tell of one twice
                    seen.add(key)
                    yield key, int(turn)
                if len(seen) >= MOST_PLACES:
                    return
    except redis.RedisError as error:
        raise index.LineAway(index.AWAY) from error
