"""Where the line stands: one document for everybody, and true."""

from dataclasses import replace

import pytest

from core import waitingroom
from core.redis import client
from core.tenancy import Tenant
from core.waitingroom import RoomPhase, Why, serving
from tests import world
from tests.waitingroom import line


def test_it_says_how_far_the_line_is(reseller: Tenant) -> None:
    room = line.opened(checkout_seats=2)
    line.join_all(room, range(5))

    seen = waitingroom.now_serving(line.tend(room))

    assert (seen.phase, seen.serving, seen.last, seen.waiting) == (RoomPhase.OPEN, 2, 5, 3)
    assert seen.why is Why.CHECKOUTS
    assert seen.people_ahead(5) == 2


def test_looking_at_it_is_enough_to_move_the_line(reseller: Tenant) -> None:
    """With the relay away."""
    room = line.opened()
    line.join_all(room, range(3))
    waitingroom.forget_lines()
    client(room.cell).delete(room.key("tended"))

    assert waitingroom.now_serving(room).serving == 3


def test_a_second_look_in_the_same_second_asks_nobody(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = line.tend(line.opened())
    first = waitingroom.now_serving(room)
    monkeypatch.setattr("core.waitingroom.serving.tend", pytest.fail)

    assert waitingroom.now_serving(room) is first


def test_it_says_what_is_left(reseller: Tenant) -> None:
    room = line.opened(capacity=4)
    line.tend(room)

    seen = waitingroom.now_serving(line.again(room))

    assert [(each.name, each.price_minor, each.left) for each in seen.ticket_types] == [
        ("Standard", 2500, 4)
    ]
    assert not seen.has_sold_out


def test_it_says_that_everything_is_held(reseller: Tenant) -> None:
    room = line.opened(capacity=2)
    line.join_all(room, range(3))
    line.tend(line.tend(room))
    place = waitingroom.claim(room, line.guest(0))
    world.place(line.show_of(room), 2, place=place.id)

    seen = waitingroom.now_serving(line.tend(room))

    assert (seen.is_all_held, seen.has_sold_out) == (True, False)
    assert seen.may_return_at


def test_without_redis_it_says_the_last_that_is_known(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = line.opened(checkout_seats=2)
    line.join_all(room, range(5))
    room = line.tend(room)
    before = waitingroom.now_serving(room)
    serving._known.forget()

    def away(*_: object, **__: object) -> None:
        raise waitingroom.LineAway("away")

    monkeypatch.setattr("core.waitingroom.serving.tend", away)

    seen = waitingroom.now_serving(room)

    assert (seen.serving, seen.waiting) == (before.serving, before.waiting)
    assert (seen.is_interrupted, seen.why) == (True, Why.INTERRUPTED)
    assert seen.wait_seconds(5) is None


def test_who_is_near_asks_often_and_who_is_far_seldom(reseller: Tenant) -> None:
    seen = waitingroom.now_serving(line.tend(line.opened()))

    waits = [seen.poll_seconds(number) for number in (1, 50, 400, 3_000, 90_000)]

    assert waits == sorted(waits)
    assert waits[0] <= 2
    assert waits[-1] >= 60


def test_the_wait_is_told_at_the_pace_of_the_last_minute(reseller: Tenant) -> None:
    seen = replace(waitingroom.now_serving(line.tend(line.opened())), per_minute=60.0, serving=10)

    assert seen.wait_seconds(10) == 0
    assert seen.wait_seconds(610) == 600


def test_the_chance_follows_from_what_is_left(reseller: Tenant) -> None:
    seen = replace(
        waitingroom.now_serving(line.tend(line.opened())), tickets_left=1000, last=100_000
    )

    assert [seen.chance(number) for number in (100, 500, 5_000)] == [
        "likely", "uncertain", "unlikely",
    ]  # fmt: skip


def test_what_is_published_can_be_read_by_machines(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(2))

    published = waitingroom.now_serving(line.again(line.tend(room))).published()

    assert published["phase"] == "gathering"
    assert published["gathered"] == 2
    assert published["commitment"] == room.commitment
    assert "seed" not in published


def test_a_room_that_redis_knows_nothing_of_is_no_mistake(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = line.tend(line.opened())
    line.lose(room)
    monkeypatch.setattr("core.waitingroom.serving.tend", lambda *_, **__: None)

    assert waitingroom.now_serving(room).is_interrupted
