"""Redis loses the line when it is worst: in the middle of something."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from core import clock, waitingroom
from core.database import db
from core.redis import client
from core.tenancy import Tenant
from core.waitingroom import Holder, PlaceState, Room, index, opening, restoring, serving
from core.waitingroom.identifying import key_and_turn
from core.waitingroom.index import LineAway, Lost
from core.waitingroom.limits import LINGER_SECONDS
from core.waitingroom.models import WaitingRoom
from core.waitingroom.supplying import Seen, look_at
from tests.at_once import at_once
from tests.waitingroom import line

ADA = Holder.account("ada@example.org")
PEOPLE = 12
SLOW_SECONDS = 0.12


def drawn_room() -> tuple[Room, dict[int, int | None]]:
    """An open room, and the numbers that were drawn by who gathered."""
    room = line.gathering()
    line.join_all(room, range(PEOPLE))
    room = line.tend(line.begin_sale(room))
    return room, {each: number_of(room, each) for each in range(PEOPLE)}


def number_of(room: Room, person: int) -> int | None:
    place = waitingroom.look(room, line.guest(person))
    return place.number if place else None


def row_of(room: Room) -> WaitingRoom:
    db.session.rollback()
    return db.session.scalars(sa.select(WaitingRoom).where(WaitingRoom.id == room.id)).one()


def test_of_many_who_find_the_line_lost_one_brings_it_back(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long that takes, in a process that has much else to do."""
    room = line.tend(line.opened())
    line.lose(room)
    run = index.run

    def slowly(name: str, *args: Any) -> Any:
        time.sleep(SLOW_SECONDS if name == "set_up" else 0)
        return run(name, *args)

    monkeypatch.setattr(index, "run", slowly)

    numbers = at_once(
        reseller,
        [lambda each=each: waitingroom.join(room, line.guest(each)).number for each in range(24)],  # type: ignore[misc]
    )

    assert len(set(numbers)) == 24, numbers
    assert len(row_of(room).gaps) == 1, "it was brought back more often than it was lost"
    assert index.fields(room)["epoch"] == row_of(room).epoch


def test_who_looked_before_it_was_brought_back_does_not_undo_that(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tender reads the database, Redis is lost, somebody else brings it back: it is fine."""
    room = line.tend(line.opened())
    looks = 0

    def look_and_be_overtaken(room: Room) -> Seen:
        nonlocal looks
        looks += 1
        seen = look_at(room)
        if looks == 1:
            db.session.rollback()
            line.lose(room)
            waitingroom.join(line.again(room), ADA)
        return seen

    monkeypatch.setattr("core.waitingroom.tending.look_at", look_and_be_overtaken)
    line.tend(room)

    found = waitingroom.look(line.again(room), ADA)
    assert found
    assert len(row_of(room).gaps) == 1


def test_who_was_drawn_and_comes_before_the_numbers_are_back_is_told_to_wait(
    reseller: Tenant,
) -> None:
    room, before = drawn_room()
    line.lose(room)

    for join_or_look in (waitingroom.join, waitingroom.look, waitingroom.claim):
        with pytest.raises(LineAway):
            join_or_look(line.again(room), line.guest(0))
    room = line.tend(room)

    assert {each: number_of(room, each) for each in range(PEOPLE)} == before


def test_a_second_place_comes_back_although_the_first_was_drawn(reseller: Tenant) -> None:
    room = line.gathering()
    waitingroom.join(room, ADA)
    room = line.tend(line.tend(line.begin_sale(room)))
    first = waitingroom.claim(room, ADA)
    waitingroom.spend(first.id)
    second = waitingroom.join(room, ADA)
    line.lose(room)
    room = line.tend(line.tend(room))

    back = waitingroom.find_place(second.id, token=second.token)

    assert (back.id, back.number) == (second.id, second.number)
    assert waitingroom.join(room, ADA).id == second.id


def test_nobody_is_left_out_of_a_draw_that_lost_its_list(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost between closing the list and reading it: then it is not the list."""
    room = line.gathering()
    line.join_all(room, range(PEOPLE))
    line.begin_sale(room)
    read = opening._gathered

    def lost_and_read(room: Room) -> Iterator[tuple[str, int]]:
        line.lose(room)
        return read(room)

    monkeypatch.setattr(opening, "_gathered", lost_and_read)
    line.tend(room)
    monkeypatch.undo()

    assert row_of(room).state == "ready"


def test_nobody_is_left_out_of_a_draw_of_a_line_that_is_lost(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(PEOPLE))
    room = line.begin_sale(room)
    line.lose(room)

    with pytest.raises(Lost):
        opening.open_line(room)

    assert row_of(room).state == "ready"


def test_a_line_is_not_opened_without_the_numbers_that_were_drawn(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost while the numbers are written, and brought back by somebody who joins."""
    room, before = drawn_room()
    line.lose(room)
    monkeypatch.setattr(opening, "NUMBERED_AT_ONCE", 5)
    run, batches = index.run, 0

    def lost_once(name: str, room: Room, *args: Any) -> Any:
        nonlocal batches
        batches += name == "number"
        answer = run(name, room, *args)
        if name == "number" and batches == 1:
            line.lose(room)
            restoring.restore(line.again(room))
        return answer

    monkeypatch.setattr(index, "run", lost_once)
    for _ in range(3):
        room = line.tend(room)

    assert {each: number_of(room, each) for each in range(PEOPLE)} == before


def test_a_pass_of_before_that_buys_gives_its_seat_back(reseller: Tenant) -> None:
    room = line.opened(capacity=500, checkout_seats=4)
    line.join_all(room, range(30))
    room = line.tend(line.tend(room))
    given = [waitingroom.claim(room, line.guest(each)) for each in range(4)]
    room = line.tend(room)
    line.lose(room)
    room = line.tend(line.tend(room))

    for each in given:
        waitingroom.spend(each.id)
        waitingroom.spend(each.id)
    at = int(clock.now().timestamp() * 1000) + LINGER_SECONDS * 1000 + 1
    line.call_at(room, at, seats=4)

    fields = index.fields(room)
    assert (int(fields["phantoms"]), int(fields["unclaimed"])) == (0, 4)


def test_numbers_that_were_set_aside_while_drawing_stay_so(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(3))
    room = line.begin_sale(room)
    index.run("close", room, [])
    for _ in range(2):
        restoring.reserve(room)
        server_last = int(index.fields(room)["reserved"])
        client(room.cell).hset(room.key(), "last", server_last)
    promised = int(index.fields(room)["reserved"])

    line.tend(room)

    assert row_of(room).reserved >= promised


def test_a_late_one_does_not_take_the_seat_of_an_order_that_is_not_counted_yet(
    reseller: Tenant,
) -> None:
    room = line.opened(capacity=500, checkout_seats=1)
    line.join_all(room, range(2))
    at = 2_000_000_000_000
    line.call_at(room, at, seats=1)
    line.call_at(room, at + 121_000, seats=1)
    buyer = waitingroom.claim(room, line.guest(1), now_ms=at + 122_000)
    line.call_at(room, at + 123_000, seats=1)
    key, turn = key_and_turn(buyer.id)
    index.run("spend", room, ["places", "passes", "lingering"], at + 124_000, key, turn, 3_000)

    late = waitingroom.claim(room, line.guest(0), now_ms=at + 124_500)

    assert late.state is PlaceState.CALLED


def test_that_the_line_stands_still_is_told_to_everybody_and_looked_at_once(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred thousand who ask meanwhile cost one look, and none sees the old figures as new."""
    room = line.tend(line.opened())
    assert not waitingroom.now_serving(room).is_interrupted
    serving._known.forget()
    looks = []

    def away(room: Room, **_: object) -> None:
        looks.append(room)
        raise LineAway(index.AWAY)

    monkeypatch.setattr(serving, "tend", away)

    assert all(waitingroom.now_serving(room).is_interrupted for _ in range(20))
    assert len(looks) == 1
