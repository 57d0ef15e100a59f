"""Where a line stands: one document for everybody, so that a hundred thousand cost like one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import redis
import sqlalchemy as sa
import structlog

from core import clock, money, orders
from core.catalogue import Show, TypeState
from core.database import db
from core.errors import Unavailable
from core.remembering import Remembered
from core.waitingroom import index
from core.waitingroom.calling import TICKETS_AN_ORDER, Why, conversion, why_of
from core.waitingroom.index import LineAway, Lost
from core.waitingroom.places import Place, people_ahead
from core.waitingroom.rooms import Room, RoomPhase
from core.waitingroom.tending import tend

FRESH_SECONDS = 1.0
MOST_ROOMS = 10_000
POLLS: Sequence[tuple[int | None, int]] = (
    (20, 2), (100, 3), (500, 5), (2_000, 10), (10_000, 20), (50_000, 30), (None, 60),
)  # fmt: skip
"""When to ask again: with up to so many people ahead, after so many seconds."""
GATHERING_POLLS: Sequence[tuple[int | None, int]] = (
    (10, 2),
    (60, 5),
    (300, 15),
    (1_800, 60),
    (None, 300),
)
"""The same before the opening, by seconds until then."""
MOST_OF_REASON = 200
"""Characters of an error in the log."""
LEAST_PACE = 0.02
"""Calls a second below which nobody can tell how long it will take."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Left:
    """A ticket type as those who wait see it."""

    name: str
    price_minor: int
    state: str
    left: int | None
    """Told when it is few."""


@dataclass(frozen=True, slots=True)
class NowServing:
    """Where a line stood a moment ago; the same for everybody."""

    show: str
    phase: RoomPhase
    at: datetime
    gathers_at: datetime
    opens_at: datetime
    closes_at: datetime
    epoch: str
    """Whoever sees it change presents its place again."""
    serving: int
    last: int
    waiting: int
    gathered: int
    per_minute: float
    why: Why | None
    is_paused: bool
    is_interrupted: bool
    """These are the last figures that are known."""
    gaps: Sequence[Sequence[int]]
    has_sold_out: bool
    is_all_held: bool
    may_return_at: datetime | None
    currency: str
    commitment: str
    is_drawn: bool
    ticket_types: Sequence[Left] = field(default=())
    tickets_left: int = 0
    choosing: int = 0
    """People who are called, or are in and have not bought yet."""
    conversion: float = 1.0

    def people_ahead(self, number: int) -> int:
        return people_ahead(number, self.serving, self.gaps)

    def wait_seconds(self, number: int) -> int | None:
        """How long until this number is called, at the pace of the last minute; None if nobody
        can tell."""
        pace = self.per_minute / 60
        if self.is_paused or self.is_interrupted or self.why is Why.STOCK or pace < LEAST_PACE:
            return None
        return math.ceil((self.people_ahead(number) + 1) / pace) if number > self.serving else 0

    def poll_seconds(self, number: int | None) -> int:
        """When somebody with this number should ask again; the asker spreads it by a fifth."""
        if number is None:
            return _poll(GATHERING_POLLS, (self.opens_at - self.at).total_seconds())
        return _poll(POLLS, self.people_ahead(number))

    def chance(self, number: int) -> str | None:
        """'likely', 'uncertain' or 'unlikely': whether tickets will be left for this number."""
        if self.phase is not RoomPhase.OPEN or self.is_interrupted:
            return None
        before = self.people_ahead(number) + self.choosing
        wanted = before * self.conversion * TICKETS_AN_ORDER
        if wanted <= self.tickets_left * 0.7:
            return "likely"
        return "uncertain" if wanted <= self.tickets_left * 1.5 else "unlikely"

    def published(self) -> dict[str, Any]:
        """As JSON; the same on the storefront and in the API."""
        return {
            "show": self.show,
            "phase": self.phase,
            "at": _moment(self.at),
            "gathers_at": _moment(self.gathers_at),
            "opens_at": _moment(self.opens_at),
            "closes_at": _moment(self.closes_at),
            "epoch": self.epoch,
            "serving": self.serving,
            "last": self.last,
            "waiting": self.waiting,
            "gathered": self.gathered,
            "per_minute": round(self.per_minute, 1),
            "why": self.why,
            "is_paused": self.is_paused,
            "is_interrupted": self.is_interrupted,
            "gaps": self.gaps,
            "has_sold_out": self.has_sold_out,
            "is_all_held": self.is_all_held,
            "may_return_at": _moment(self.may_return_at),
            "currency": self.currency,
            "ticket_types": [
                {
                    "name": each.name,
                    "price": money.formatted(each.price_minor, self.currency),
                    "price_minor": each.price_minor,
                    "state": each.state,
                    "left": each.left,
                }
                for each in self.ticket_types
            ],
            "tickets_left": self.tickets_left,
            "choosing": self.choosing,
            "conversion": round(self.conversion, 2),
            "polls": POLLS,
            "commitment": self.commitment,
            "is_drawn": self.is_drawn,
        }


def poll_after_seconds(room: Room, place: Place) -> int:
    """When whoever has this place should ask again."""
    if place.people_ahead is None:
        return _poll(GATHERING_POLLS, (room.on_sale_at - clock.now()).total_seconds())
    return _poll(POLLS, place.people_ahead)


def _poll(steps: Sequence[tuple[int | None, int]], distance: float) -> int:
    return next(seconds for most, seconds in steps if most is None or distance <= most)


def now_serving(room: Room) -> NowServing:
    """Where the line of a room stands, a second old at most: one look for all of this process.

    Whoever looks tends the room as well. If Redis or the database is away, the last that is known.
    Outside of any transaction.
    """
    try:
        return _known.get(_Key(room.schema, room.show_id, room))
    except Unavailable:  # nobody could even look
        return _interrupted(room)


def _interrupted(room: Room) -> NowServing:
    last = _last_seen.get((room.schema, room.show_id)) or _unknown(room)
    return replace(last, phase=room.phase(clock.now()), is_interrupted=True, why=Why.INTERRUPTED)


@dataclass(frozen=True)
class _Key:
    schema: str
    show_id: int
    room: Room = field(compare=False)


def _look_up(key: _Key) -> NowServing:
    """That nobody answers is remembered as well: it is asked for as often as ever."""
    try:
        return _look(key.room)
    except (redis.RedisError, LineAway, Lost, sa.exc.SQLAlchemyError) as error:
        log.warning(
            "waiting_room.interrupted", show=key.room.show, why=repr(error)[:MOST_OF_REASON]
        )
        db.session.rollback()
        return _interrupted(key.room)


def _look(room: Room) -> NowServing:
    tend(room)
    at = orders.database_now()
    phase = room.phase(at)
    try:
        fields = index.fields(room)
    except Lost:
        if phase in {RoomPhase.GATHERING, RoomPhase.OPEN}:
            raise
        fields = {}
    seen = _describe(room, at, phase, fields)
    _last_seen[room.schema, room.show_id] = seen
    if len(_last_seen) > MOST_ROOMS:
        _last_seen.clear()
    db.session.rollback()  # nobody keeps a connection for this
    return seen


def _describe(room: Room, at: datetime, phase: RoomPhase, fields: Mapping[str, str]) -> NowServing:
    show = db.session.scalars(sa.select(Show).where(Show.id == room.show_id)).one()
    available = orders.find_availability(show, at)
    states = {each.state for each in available}
    returning = [each.may_return_at for each in available if each.may_return_at]
    is_open = phase is RoomPhase.OPEN
    serving, last = int(fields.get("serving", 0)), int(fields.get("last", 0))
    return replace(
        _unknown(room),
        phase=phase,
        at=at,
        epoch=fields.get("epoch", room.epoch),
        serving=serving,
        last=last,
        waiting=people_ahead(last + 1, serving, room.gaps) if is_open else 0,
        gathered=int(fields.get("gathered", 0)),
        per_minute=float(fields.get("pace", 0)) * 60,
        why=why_of(fields.get("why", "")) if is_open else None,
        is_interrupted=False,
        has_sold_out=bool(states) and states <= {TypeState.SOLD_OUT},
        is_all_held=TypeState.HELD in states and states <= {TypeState.SOLD_OUT, TypeState.HELD},
        may_return_at=min(returning, default=None),
        ticket_types=[
            Left(
                each.ticket_type.name,
                each.ticket_type.price_minor,
                each.state,
                each.left if each.state in {TypeState.FEW, TypeState.LAST} else None,
            )
            for each in available
        ],
        tickets_left=sum(max(0, each.left) for each in available),
        choosing=sum(int(fields.get(name, 0)) for name in ("passes", "unclaimed", "phantoms")),
        conversion=conversion(fields) if fields else 1.0,
    )


def _unknown(room: Room) -> NowServing:
    """What is known of a room that nobody has looked at."""
    return NowServing(
        show=room.show,
        phase=room.phase(clock.now()),
        at=clock.now(),
        gathers_at=room.gathers_at,
        opens_at=room.on_sale_at,
        closes_at=room.off_sale_at,
        epoch=room.epoch,
        serving=0,
        last=0,
        waiting=0,
        gathered=0,
        per_minute=0.0,
        why=None,
        is_paused=room.is_paused,
        is_interrupted=True,
        gaps=room.gaps,
        has_sold_out=False,
        is_all_held=False,
        may_return_at=None,
        currency=room.currency,
        commitment=room.commitment,
        is_drawn=room.drawn_at is not None,
    )


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds") if at else None


_last_seen: dict[tuple[str, int], NowServing] = {}
_known: Remembered[_Key, NowServing] = Remembered(_look_up, seconds=FRESH_SECONDS, limit=MOST_ROOMS)


def forget_lines() -> None:
    """Look afresh: between tests."""
    _known.forget()
    _last_seen.clear()
