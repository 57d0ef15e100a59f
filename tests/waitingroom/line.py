"""A line in a test: rooms at every stage, people, and what somebody who tends it would do."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core import clock, tenancy, waitingroom
from core.catalogue import Show, TicketType
from core.database import db, transaction
from core.redis import client
from core.waitingroom import Holder, Place, Room, index
from core.waitingroom.calling import Called, Supply, call
from tests import world

AMPLE = Supply(held_orders=0, seats=1000, left=1000)
WHY = "very many are expected"


def gathering(*, minutes: int = 10, **facts: Any) -> Room:
    """The room of a marked show whose sale begins in so many minutes: people gather."""
    show = world.add_show(on_sale_at=clock.now() + timedelta(minutes=minutes), **facts)
    with transaction():
        waitingroom.mark(show, reason=WHY)
    return room_of(show)


def opened(*, capacity: int = 10, **settings: Any) -> Room:
    """The open room of a show that is on sale."""
    show = world.add_show()
    with transaction():
        db.session.execute(
            sa.update(TicketType).where(TicketType.show_id == show.id).values(capacity=capacity)
        )
        waitingroom.mark(show, reason=WHY)
        if settings:
            waitingroom.change(show, reason=WHY, **settings)
    return room_of(show)


def begin_sale(room: Room) -> Room:
    """The moment is there: what was to come is now."""
    with transaction():
        past = clock.now() - timedelta(seconds=1)
        db.session.execute(sa.update(Show).where(Show.id == room.show_id).values(on_sale_at=past))
    return again(room)


def room_of(show: Show) -> Room:
    waitingroom.forget_rooms()
    waitingroom.forget_lines()
    room = waitingroom.find_room(show.reference)
    assert room
    return room


def again(room: Room) -> Room:
    """The room as it is now."""
    waitingroom.forget_rooms()
    waitingroom.forget_lines()
    found = waitingroom.find_room(room.show)
    assert found
    return found


def show_of(room: Room) -> Show:
    return db.session.scalars(sa.select(Show).where(Show.id == room.show_id)).one()


def guest(number: int) -> Holder:
    return Holder.browser(f"browser number {number}")


def join_all(room: Room, numbers: Iterable[int]) -> list[Place]:
    return [waitingroom.join(room, guest(number)) for number in numbers]


def tend(room: Room) -> Room:
    """Let a second pass in which somebody tends the room."""
    client(room.cell).delete(room.key("tended"))
    waitingroom.tend(again(room))
    return again(room)


def call_at(room: Room, at_ms: int, supply: Supply = AMPLE, **facts: Any) -> Called:
    """Call whom there is room for at a moment of the test's own clock."""
    return call(room, replace(supply, **facts), index.fields(room), now_ms=at_ms)


def lose(room: Room) -> None:
    """Redis loses everything it knows of this room."""
    server = client(room.cell)
    for key in server.scan_iter(f"tts:room:{{{tenancy.current().schema_name}:*"):
        server.delete(key)
