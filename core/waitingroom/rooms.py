"""The rooms of a reseller as requests see them: plain values, a second old at most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.catalogue import Show
from core.database import BoundSession, Unbound, binding, db
from core.errors import Unavailable
from core.remembering import Remembered
from core.waitingroom.models import WaitingRoom
from core.waitingroom.states import RoomState

FRESH_SECONDS = 1.0
MOST_RESELLERS = 10_000
KEPT = timedelta(days=30)
"""How long after the sale requests still ask for a room."""


FORGET = "rooms changed"


class RoomPhase(StrEnum):
    ANNOUNCED = "announced"
    """People may come from `gathers_at` on."""
    GATHERING = "gathering"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Room:
    """A show's waiting room: its switch, its settings and what was published of its draw."""

    id: int
    cell: str
    schema: str
    show_id: int
    show: str
    """Reference of the show."""
    slug: str
    title: str
    time_zone: str
    currency: str
    on_sale_at: datetime
    off_sale_at: datetime
    state: str
    is_high_traffic: bool
    is_paused: bool
    gather_minutes: int
    checkout_seats: int
    per_minute: int | None
    suspects: str
    commitment: str
    drawn_at: datetime | None
    drawn_count: int
    places_digest: str | None
    epoch: str
    gaps: Sequence[Sequence[int]]

    @property
    def gathers_at(self) -> datetime:
        return self.on_sale_at - timedelta(minutes=self.gather_minutes)

    @property
    def needs_pass(self) -> bool:
        return self.state != RoomState.CLOSED

    def phase(self, at: datetime) -> RoomPhase:
        """Where it stands at a moment."""
        if self.state == RoomState.READY:
            return RoomPhase.GATHERING if at >= self.gathers_at else RoomPhase.ANNOUNCED
        return RoomPhase(self.state)

    def key(self, part: str = "") -> str:
        """Name of a key in Redis; the braces keep all of a room in one slot."""
        return f"tts:room:{{{self.schema}:{self.show_id}}}{part and ':'}{part}"


SHOW_FACTS = (
    "slug", "title", "time_zone", "currency", "on_sale_at", "off_sale_at", "is_high_traffic",
)  # fmt: skip
ROOM_FACTS = (
    "id", "show_id", "state", "is_paused", "gather_minutes", "checkout_seats", "per_minute",
    "suspects", "commitment", "drawn_at", "drawn_count", "places_digest", "epoch", "gaps",
)  # fmt: skip


def rooms() -> list[Room]:
    """All rooms of the bound reseller that are not closed, or were drawn; a second old at most."""
    return list(_rooms().values())


def find_room(show: str) -> Room | None:
    """The room of a show by its reference, if it ever had one."""
    return _rooms().get(show)


def find_room_by_id(show_id: int) -> Room | None:
    return next((room for room in _rooms().values() if room.show_id == show_id), None)


def fresh_rooms() -> Mapping[str, Room]:
    """As the database has them now, by reference of the show."""
    bound = _bound()
    columns = [getattr(WaitingRoom, name) for name in ROOM_FACTS]
    columns += [getattr(Show, name) for name in SHOW_FACTS]
    rows = db.session.execute(
        sa.select(*columns, Show.reference.label("show"))
        .join(Show, Show.id == WaitingRoom.show_id)
        .where(Show.off_sale_at > sa.func.now() - KEPT)
        .order_by(Show.on_sale_at)
    )
    return {row.show: Room(cell=bound[0], schema=bound[1], **row._mapping) for row in rows}


def forget_rooms() -> None:
    """Look afresh: after a switch in this process, and between tests."""
    _known.forget()


def forget_rooms_after_commit() -> None:
    """What is looked up before the commit is not what will be true."""
    db.session().info[FORGET] = True


@sa.event.listens_for(BoundSession, "after_commit")
def _after_commit(session: Session) -> None:
    if session.info.pop(FORGET, False):
        forget_rooms()


def _rooms() -> Mapping[str, Room]:
    bound = _bound()
    try:
        found = _last_known[bound] = _known.get(bound)
    except (sa.exc.SQLAlchemyError, Unavailable):
        if bound not in _last_known:
            raise
        db.session.rollback()
        return _last_known[bound]
    return found


_last_known: dict[tuple[str, str], Mapping[str, Room]] = {}
"""For when the database is away: who waits goes on waiting."""


def _look_up(_: tuple[str, str]) -> Mapping[str, Room]:
    was_idle = not db.session().in_transaction()
    try:
        return fresh_rooms()
    finally:
        if was_idle:  # who goes on to stand in line, or to ask the platform, holds no connection
            db.session.rollback()


_known = Remembered(_look_up, seconds=FRESH_SECONDS, limit=MOST_RESELLERS)


def _bound() -> tuple[str, str]:
    bound = binding()
    if bound is None:
        raise Unbound("No reseller is bound: enter tenancy.bound_to(reseller) first.")
    return bound.cell, bound.schema
