"""A room as those who run the sale see it."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from core import clock, moves
from core.catalogue import Show, TicketType, phase_of
from core.database import db
from core.events import Event
from core.moves import Move
from core.waitingroom import index
from core.waitingroom.calling import Why, conversion, why_of
from core.waitingroom.index import LineAway, Lost
from core.waitingroom.models import WaitingRoom
from core.waitingroom.places import people_ahead
from core.waitingroom.rooms import Room, RoomPhase, fresh_rooms
from core.waitingroom.states import LIFE
from core.waitingroom.supplying import look_at

MOST_HISTORY = 50
VERSION_LENGTH = 16
EVENTS = ("marked", "unmarked", "changed", "paused", "resumed")


class Act(NamedTuple):
    """Something that was done to a room."""

    at: datetime
    actor: str
    what: str
    """'ready', 'open' or 'closed' for a move; else 'marked', 'changed', 'paused' ..."""
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    """Of settings that were changed."""


@dataclass(frozen=True)
class Live:
    """What goes on in a waiting room at this moment."""

    room: Room | None
    phase: RoomPhase
    waiting: int
    gathered: int
    serving: int
    last: int
    called: int
    claimed: int
    spent: int
    expired: int
    passes: int
    unclaimed: int
    phantoms: int
    """Passes that were out when Redis lost them, as many as may still be."""
    late: int
    held_orders: int
    seats: int
    per_minute_now: float
    conversion: float | None
    """None until somebody's time to buy is over."""
    why: Why | None
    sold: int
    held: int
    left: int
    capacity: int
    is_paused: bool
    is_interrupted: bool
    history: list[Act]
    version: str
    """Another one as soon as anything was done to the room, or a phase has begun."""

    @property
    def in_checkout(self) -> int:
        """Seats taken: people who choose, who pay, and who may come in any moment."""
        return self.passes + self.unclaimed + self.phantoms + self.held_orders


def find_live(show: Show) -> Live:
    """The room of a show as it is now, whether it has one or not."""
    room = fresh_rooms().get(show.reference)
    fields, is_interrupted = _fields(room)
    number = {name: int(float(text)) for name, text in fields.items() if _is_number(text)}
    serving, last = number.get("serving", 0), number.get("last", 0)
    held_orders = look_at(room).held_orders if room else 0
    phase = room.phase(clock.now()) if room else RoomPhase.CLOSED
    is_open = phase is RoomPhase.OPEN
    stock, history = _stock(show), _history(show)
    return Live(
        room=room,
        phase=phase,
        waiting=people_ahead(last + 1, serving, room.gaps) if room and is_open else 0,
        gathered=number.get("gathered", 0),
        serving=serving,
        last=last,
        called=number.get("called", 0),
        claimed=number.get("claimed", 0),
        spent=number.get("spent", 0),
        expired=number.get("expired", 0),
        passes=number.get("passes", 0),
        unclaimed=number.get("unclaimed", 0),
        phantoms=number.get("phantoms", 0),
        late=number.get("late", 0),
        held_orders=held_orders,
        seats=room.checkout_seats if room else 0,
        per_minute_now=float(fields.get("pace", 0)) * 60,
        conversion=conversion(fields) if number.get("waited_for") else None,
        why=why_of(fields.get("why", "")) if is_open else None,
        is_paused=room.is_paused if room else False,
        is_interrupted=is_interrupted,
        history=history,
        version=_version(show, room, history),
        **stock,
    )


def version_of(show: Show) -> str:
    """`Live.version` of now, and until the transaction ends: the room is locked."""
    db.session.execute(
        sa.select(WaitingRoom.id).where(WaitingRoom.show_id == show.id).with_for_update()
    )
    return _version(show, fresh_rooms().get(show.reference), _history(show))


def _version(show: Show, room: Room | None, history: list[Act]) -> str:
    now = clock.now()
    facts: list[object] = [phase_of(show, now)]
    facts += [room.phase(now), room.is_paused] if room else [RoomPhase.CLOSED, False]
    facts += [(act.what, act.at.timestamp()) for act in history]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:VERSION_LENGTH]


def _fields(room: Room | None) -> tuple[Mapping[str, str], bool]:
    if room is None:
        return {}, False
    try:
        return index.fields(room), False
    except Lost:
        return {}, False
    except LineAway:
        return {}, True


def _is_number(text: str) -> bool:
    """Not the name of an epoch, of which some read like one: '61e84732' is more than any number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _stock(show: Show) -> dict[str, int]:
    counts = [
        sa.func.coalesce(sa.func.sum(column), 0)
        for column in (TicketType.sold, TicketType.held, TicketType.capacity)
    ]
    sold, held, capacity = map(
        int, db.session.execute(sa.select(*counts).where(TicketType.show_id == show.id)).one()
    )
    return {"sold": sold, "held": held, "capacity": capacity, "left": capacity - sold - held}


def _history(show: Show) -> list[Act]:
    room_id = db.session.scalar(sa.select(WaitingRoom.id).where(WaitingRoom.show_id == show.id))
    if room_id is None:
        return []
    told = db.session.scalars(
        sa.select(Event)
        .where(
            Event.subject_id == show.id, Event.type.in_([f"waiting_room.{each}" for each in EVENTS])
        )
        .order_by(Event.id.desc())
        .limit(MOST_HISTORY)
    )
    acts = [
        Act(
            each.recorded_at,
            each.actor,
            each.type.partition(".")[2],
            each.data.get("reason", ""),
            each.data.get("before", {}),
            each.data.get("after", {}),
        )
        for each in told
    ]
    acts += [_moved(each) for each in moves.history(room_id) if each.life == LIFE.name]
    return sorted(acts, key=lambda act: act.at, reverse=True)[:MOST_HISTORY]


def _moved(step: Move) -> Act:
    return Act(step.at, step.actor, step.to_state, step.reason, {}, {})
