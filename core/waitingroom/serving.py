"""Looking where a line stands: once a second for all, so that a hundred thousand cost like one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import redis
import sqlalchemy as sa
import structlog

from core import clock, orders
from core.catalogue import Show, TypeState
from core.database import db
from core.errors import Unavailable
from core.remembering import Remembered
from core.waitingroom import index
from core.waitingroom.calling import Why, conversion, why_of
from core.waitingroom.index import LineAway, Lost
from core.waitingroom.places import people_ahead
from core.waitingroom.rooms import Room, RoomPhase
from core.waitingroom.standing import Left, NowServing
from core.waitingroom.tending import tend

FRESH_SECONDS = 1.0
MOST_ROOMS = 10_000
MOST_OF_REASON = 200
"""Characters of an error in the log."""

log = structlog.get_logger()


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
    tend(room, is_asked_for=True)
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


_last_seen: dict[tuple[str, int], NowServing] = {}
_known: Remembered[_Key, NowServing] = Remembered(_look_up, seconds=FRESH_SECONDS, limit=MOST_ROOMS)


def forget_lines() -> None:
    """Look afresh: between tests."""
    _known.forget()
    _last_seen.clear()
