"""A line that closes and opens again, and doors that are shut."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import clock, settings, tenancy, waitingroom
from core.catalogue import Show, ShowState
from core.database import db, transaction
from core.redis import client
from core.tenancy import Tenant
from core.tenancy.models import Reseller, ResellerState
from core.waitingroom import NotNow, PlaceState, Room, RoomState, index
from core.waitingroom.models import WaitingRoom
from core.waitingroom.restoring import add_gap
from tests import world
from tests.waitingroom import line


def change_show(room: Room, **facts: object) -> Room:
    with transaction():
        db.session.execute(sa.update(Show).where(Show.id == room.show_id).values(**facts))
    return line.again(room)


def close(room: Room) -> Room:
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="calm")
    return line.again(room)


def open_again(room: Room) -> Room:
    with transaction():
        waitingroom.open_now(line.show_of(room), reason="a rush")
    return line.again(room)


def test_who_left_when_it_closed_is_not_waited_for(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.switching.ABSENT_SECONDS", -1)
    room = line.opened(checkout_seats=1)
    line.join_all(room, range(30))
    room = line.tend(line.tend(room))

    room = open_again(close(room))
    newcomer = waitingroom.join(room, line.guest(99))

    assert (newcomer.number, newcomer.people_ahead) == (31, 0)
    line.tend(room)
    for _ in range(3):
        room = line.tend(room)
    assert int(index.fields(room)["serving"]) >= 30


def test_a_line_that_was_closed_for_a_moment_stands_as_it_stood(reseller: Tenant) -> None:
    room = line.opened(checkout_seats=1)
    line.join_all(room, range(30))
    room = line.tend(line.tend(room))

    room = open_again(close(room))

    assert waitingroom.join(room, line.guest(99)).people_ahead == 29
    assert line.again(room).gaps == []


def test_a_pause_ends_when_the_line_closes(reseller: Tenant) -> None:
    room = line.opened()
    with transaction():
        waitingroom.pause(line.show_of(room), reason="a fire alarm")

    room = close(line.again(room))

    assert not room.is_paused
    acts = [act.what for act in waitingroom.find_live(line.show_of(room)).history]
    assert "resumed" in acts[:2]


def test_nobody_is_called_to_a_shop_that_is_shut(reseller: Tenant) -> None:
    room = line.opened()
    line.join_all(room, range(5))
    with tenancy.on_platform(), transaction():
        db.session.execute(
            sa.update(Reseller).where(Reseller.id == reseller.id).values(state=ResellerState.PAUSED)
        )
    paused = tenancy.find_by_id(reseller.id)
    assert paused

    with tenancy.bound_to(paused):
        room = line.tend(line.tend(room))

    assert int(index.fields(room)["serving"]) == 0


@pytest.mark.parametrize(
    "facts",
    [{"state": ShowState.CANCELLED}, {"off_sale_at": clock.now() - timedelta(seconds=5)}],
    ids=["cancelled", "over"],
)
@pytest.mark.unaudited("the show is changed by hand")
def test_a_line_for_nothing_calls_nobody_and_closes(
    reseller: Tenant, facts: dict[str, object]
) -> None:
    room = line.opened()
    line.join_all(room, range(5))
    room = change_show(room, on_sale_at=clock.now() - timedelta(days=2), **facts)

    room = line.tend(line.tend(room))

    assert room.state == RoomState.CLOSED
    assert int(index.fields(room)["serving"]) == 0


@pytest.mark.unaudited("the show is changed by hand")
def test_a_gathering_for_a_show_that_was_cancelled_is_not_drawn(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(5))
    room = change_show(line.begin_sale(room), state=ShowState.CANCELLED)

    room = line.tend(line.tend(room))

    assert (room.state, room.drawn_count) == (RoomState.CLOSED, 0)


def test_a_draft_waits_until_it_is_published(reseller: Tenant) -> None:
    show = world.add_show(is_published=False, on_sale_at=clock.now() + timedelta(minutes=5))
    with transaction():
        world.add_type(show)
        waitingroom.mark(show, reason=line.WHY)
    room = line.begin_sale(line.room_of(show))

    room = line.tend(line.tend(room))

    assert (room.state, room.needs_pass) == (RoomState.READY, True)


def test_who_gathered_is_drawn_although_the_mark_was_taken_back_for_a_moment(
    reseller: Tenant,
) -> None:
    room = line.gathering()
    line.join_all(room, range(5))
    with transaction():
        waitingroom.unmark(line.show_of(room), reason="a mistake")
        waitingroom.mark(line.show_of(room), reason="no mistake")

    room = line.tend(line.begin_sale(line.again(room)))

    assert room.drawn_count == 5


def test_a_show_whose_line_was_open_before_is_not_drawn(reseller: Tenant) -> None:
    room = close(line.opened())
    room = change_show(room, on_sale_at=clock.now() + timedelta(minutes=5), is_high_traffic=False)

    with pytest.raises(NotNow), transaction():
        waitingroom.mark(line.show_of(room), reason="once more")


def test_places_that_redis_lost_by_themselves_are_found_again(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(10))
    room = line.tend(line.begin_sale(room))
    before = waitingroom.look(room, line.guest(3))
    client(room.cell).delete(room.key("places"))

    for _ in range(3):
        room = line.tend(room)

    after = waitingroom.look(room, line.guest(3))
    assert before
    assert after
    assert after.number == before.number


def test_gathered_places_that_redis_lost_by_themselves_are_shown_again(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.tending.RETURN_SECONDS", 0)
    room = line.gathering()
    places = line.join_all(room, range(4))
    client(room.cell).delete(room.key("places"))
    line.tend(line.begin_sale(room))

    for number, place in enumerate(places):
        back = waitingroom.join(line.again(room), line.guest(number), token=place.token)
        assert back.state is PlaceState.GATHERING
    room = line.tend(room)

    assert (room.state, room.drawn_count) == (RoomState.OPEN, 4)


def test_a_room_closes_where_rooms_do_not_open_by_themselves(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITING_ROOM_OPENS_AT", "0")
    monkeypatch.setattr("core.waitingroom.tending.visits_a_second", lambda _: 30.0)
    monkeypatch.setattr("core.waitingroom.tending.MARKED_QUIET_SECONDS", 0)
    settings.load.cache_clear()
    room = line.opened()
    try:
        for _ in range(3):
            room = line.tend(room)
    finally:
        monkeypatch.undo()
        settings.load.cache_clear()

    assert room.state == RoomState.CLOSED


def test_of_many_gaps_those_that_are_passed_are_forgotten_first(reseller: Tenant) -> None:
    row = WaitingRoom(serving=50, gaps=[[10, 20], [60, 70]])

    add_gap(row, 80, 90)
    add_gap(row, 95, 94)

    assert row.gaps == [[60, 70], [80, 90]]


def test_the_draw_is_left_to_the_clock_unless_that_is_late(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(3))
    room = line.begin_sale(room)
    client(room.cell).delete(room.key("tended"))

    waitingroom.tend(room, is_asked_for=True)

    assert line.again(room).state == RoomState.READY
