"""Moments at which a line could leave somebody out, or let too many in."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from core import boxoffice, clock, orders, waitingroom
from core.catalogue import Show
from core.database import db, transaction
from core.tenancy import Tenant
from core.waitingroom import PlaceState, Room, TooManyPlaces, index, opening
from core.waitingroom.calling import call
from core.waitingroom.limits import JOINS_OF_ADDRESS, LINGER_SECONDS
from core.waitingroom.supplying import look_at, supply_of
from tests import world
from tests.waitingroom import line


def states(room: Room, people: list[int]) -> list[PlaceState]:
    return [waitingroom.claim(room, line.guest(each)).state for each in people]


def cancel(reference: str) -> None:
    orders.cancel(orders.get_by_reference(reference), reason="not this one")


def change(act: Any, room: Room, why: str = line.WHY, **facts: Any) -> Room:
    with transaction():
        act(line.show_of(room), reason=why, **facts)
    return line.again(room)


def test_who_gathered_for_a_draw_that_was_called_off_joins_like_anybody(reseller: Tenant) -> None:
    room = line.tend(line.gathering())
    line.join_all(room, [1])
    room = change(waitingroom.unmark, room)
    room = change(waitingroom.open_now, line.begin_sale(room))
    line.join_all(room, [2])  # in the second before it is tended
    room = line.tend(line.tend(room))

    line.join_all(room, [1, 2, 3])
    room = line.tend(room)

    assert states(room, [1, 2, 3]) == [PlaceState.ADMITTED] * 3


def test_called_off_while_it_is_drawn_leaves_nobody_behind(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = line.tend(line.gathering())
    line.join_all(room, range(3))
    room = line.begin_sale(room)

    def called_off(room: Room) -> None:
        monkeypatch.undo()
        change(waitingroom.unmark, room)
        change(waitingroom.open_now, room)

    monkeypatch.setattr(opening, "reserve", called_off)
    opening.open_line(room)
    room = line.tend(line.again(room))

    line.join_all(room, range(3))
    room = line.tend(room)

    assert states(room, [0, 1, 2]) == [PlaceState.ADMITTED] * 3


def test_people_of_many_addresses_are_many_however_their_addresses_are_written(
    reseller: Tenant,
) -> None:
    room = line.opened()
    for number in range(JOINS_OF_ADDRESS + 5):
        address = f"::ffff:10.1.{number // 250}.{number % 250}"
        waitingroom.join(room, line.guest(number), address=address)

    for number in range(JOINS_OF_ADDRESS - 1):
        guest = line.guest(-number - 1)
        waitingroom.join(room, guest, address="10.1.0.0" if number % 2 else "::ffff:10.1.0.0")
    with pytest.raises(TooManyPlaces):
        waitingroom.join(room, line.guest(-JOINS_OF_ADDRESS), address="10.1.0.0")


def test_a_household_is_one_address_whatever_it_counts_up(reseller: Tenant) -> None:
    room = line.opened()
    for number in range(JOINS_OF_ADDRESS):
        address = f"2001:db8:0:{number % 256:x}::{number + 1:x}"
        waitingroom.join(room, line.guest(number), address=address)

    with pytest.raises(TooManyPlaces):
        waitingroom.join(room, line.guest(-1), address="2001:db8:0:ff:a::1")
    waitingroom.join(room, line.guest(-1), address="2001:db8:0:100::1")


def test_who_is_called_just_before_a_gap_keeps_the_time_to_come_in(reseller: Tenant) -> None:
    room = line.opened(capacity=50, checkout_seats=1)
    mine = waitingroom.join(room, line.guest(1))
    room = line.tend(change(waitingroom.pause, room))
    line.lose(room)
    room = line.tend(room)
    line.join_all(room, [2])
    waitingroom.join(room, line.guest(1), token=mine.token)
    room = change(waitingroom.resume, room)

    for _ in range(3):
        room = line.tend(room)

    place = waitingroom.look(room, line.guest(1))
    assert place
    assert (place.state, place.is_late) == (PlaceState.CALLED, False)
    assert states(room, [1, 2]) == [PlaceState.ADMITTED, PlaceState.WAITING]


def test_who_has_a_number_in_a_gap_after_all_is_let_in_when_there_is_room(
    reseller: Tenant,
) -> None:
    room = line.opened(capacity=50, checkout_seats=2)
    tokens = [each.token for each in line.join_all(room, [1, 2])]
    # The database noted where the line stood before the second had joined.
    with transaction():
        db.session.execute(sa.text("UPDATE waiting_rooms SET last = 1"))
    line.lose(room)
    room = line.tend(line.again(room))
    assert room.gaps[0][0] == 2
    line.join_all(room, [3])
    room = line.tend(line.tend(room))

    late = waitingroom.claim(room, line.guest(2), token=tokens[1])
    first = waitingroom.claim(room, line.guest(1), token=tokens[0])

    assert first.state is PlaceState.ADMITTED
    assert late.number == 2
    assert late.state in {PlaceState.ADMITTED, PlaceState.CALLED}
    assert int(index.fields(room)["unclaimed"]) <= 2


def test_a_line_that_is_lost_again_and_again_goes_on(reseller: Tenant) -> None:
    room = change(waitingroom.pause, line.opened())
    line.join_all(room, range(2))
    room = line.tend(room)
    for _ in range(25):
        line.lose(room)
        room = line.tend(room)

    newcomer = waitingroom.join(room, line.guest(99))

    assert newcomer.people_ahead == 2
    assert len(room.gaps) == 1


def test_passes_that_are_given_back_keep_their_seats(reseller: Tenant) -> None:
    room = line.opened(capacity=2, checkout_seats=2)
    line.join_all(room, range(4))
    room = line.tend(room)
    for number in range(2):
        place = waitingroom.claim(room, line.guest(number))
        reference = world.place(line.show_of(room), 1, place=place.id).reference
        waitingroom.spend(place.id)
        boxoffice.at_the_till(partial(cancel, reference))
    later = int(clock.now().timestamp() * 1000) + LINGER_SECONDS * 1000 + 1

    with transaction():
        seen = look_at(room)
    called = call(room, supply_of(room, seen), index.fields(room), now_ms=later)

    assert (seen.given_back, seen.left, seen.held_orders) == (2, 2, 0)
    assert called.count == 0
    again = world.place(line.show_of(room), 1, place=place.id)
    with transaction():
        assert look_at(room).given_back == 1
    assert again.place == place.id


def test_nobody_is_called_when_the_sale_was_moved_later(reseller: Tenant) -> None:
    room = line.opened()
    line.join_all(room, range(3))
    with transaction():
        later = clock.now() + timedelta(hours=1)
        db.session.execute(sa.update(Show).where(Show.id == room.show_id).values(on_sale_at=later))

    room = line.tend(line.again(room))

    assert waitingroom.now_serving(room).serving == 0
