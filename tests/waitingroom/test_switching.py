"""The switch and its settings: each change leaves a row that says who and why."""

from datetime import timedelta

import pytest

from core import actors, clock, events, moves, waitingroom
from core.database import transaction
from core.errors import Invalid
from core.tenancy import Tenant
from core.waitingroom import NotNow, RoomPhase, RoomState
from core.waitingroom.switching import find_or_make
from tests import world
from tests.waitingroom import line


def told(show_id: int) -> list[tuple[str, str, str]]:
    return [
        (each.type, each.actor, each.data["reason"])
        for each in events.about([show_id])
        if each.type.startswith("waiting_room.")
    ]


def test_marking_says_who_and_why(reseller: Tenant) -> None:
    show = world.add_show(on_sale_at=clock.now() + timedelta(hours=2))

    with actors.acting_as("member mem_x"), transaction():
        waitingroom.mark(show, reason="a famous band")

    assert told(show.id) == [("waiting_room.marked", "member mem_x", "a famous band")]
    room = line.room_of(show)
    assert (room.state, room.needs_pass, line.show_of(room).needs_pass) == ("ready", True, True)
    assert room.phase(clock.now()) is RoomPhase.ANNOUNCED
    last = moves.history(room.id)[-1]
    assert (last.to_state, last.actor, last.reason) == ("ready", "member mem_x", "a famous band")


def test_marking_twice_changes_nothing_more(reseller: Tenant) -> None:
    room = line.gathering()
    before = (told(room.show_id), room.commitment)

    with transaction():
        waitingroom.mark(line.show_of(room), reason="again")

    assert (told(room.show_id), line.again(room).commitment) == before


def test_a_mark_can_be_taken_back_before_the_sale(reseller: Tenant) -> None:
    room = line.gathering()

    with transaction():
        waitingroom.unmark(line.show_of(room), reason="it was moved")

    assert line.again(room).state == RoomState.CLOSED
    assert not line.show_of(room).needs_pass


def test_a_line_does_not_open_before_the_sale(reseller: Tenant) -> None:
    show = world.add_show(on_sale_at=clock.now() + timedelta(hours=2))

    with pytest.raises(NotNow), transaction():
        waitingroom.open_now(show, reason="now")


def test_nothing_is_marked_that_is_over(reseller: Tenant) -> None:
    show = world.add_show(off_sale_at=clock.now() - timedelta(minutes=1))

    with pytest.raises(NotNow), transaction():
        waitingroom.mark(show, reason="too late")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("checkout_seats", 0), ("checkout_seats", 100_001), ("checkout_seats", None),
        ("per_minute", 0), ("gather_minutes", -1), ("gather_minutes", 1441),
        ("suspects", "shoot"), ("checkout_seats", 1.5), ("checkout_seats", True),
    ],
)  # fmt: skip
def test_a_bad_setting_is_refused_and_nothing_is_changed(
    reseller: Tenant, name: str, wanted: object
) -> None:
    room = line.opened()

    with pytest.raises(Invalid) as refused, transaction():
        waitingroom.change(line.show_of(room), reason="why not", **{name: wanted})

    assert refused.value.field == name
    assert line.again(room) == room


def test_a_change_says_what_it_was_before(reseller: Tenant) -> None:
    room = line.opened()

    with transaction():
        waitingroom.change(line.show_of(room), reason="slower", checkout_seats=50, per_minute=90)

    changed = events.about([room.show_id])[-1]
    assert changed.data["before"] == {"checkout_seats": 5000, "per_minute": None}
    assert changed.data["after"] == {"checkout_seats": 50, "per_minute": 90}
    assert line.again(room).checkout_seats == 50


def test_every_act_wants_a_reason(reseller: Tenant) -> None:
    room = line.opened()

    with pytest.raises(Invalid) as refused, transaction():
        waitingroom.pause(line.show_of(room), reason="  ")

    assert refused.value.field == "reason"
    assert not line.again(room).is_paused


def test_pausing_and_resuming_leave_a_row_each(reseller: Tenant) -> None:
    room = line.opened()
    for act in (waitingroom.pause, waitingroom.pause, waitingroom.resume):
        with transaction():
            act(line.show_of(room), reason="a fire alarm")

    acts = [what for what, _, _ in told(room.show_id)]
    assert acts[-2:] == ["waiting_room.paused", "waiting_room.resumed"]
    live = waitingroom.find_live(line.show_of(room))
    assert [act.what for act in live.history][:2] == ["resumed", "paused"]


def test_a_line_closes_by_itself_when_nobody_waits(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.tending.MARKED_QUIET_SECONDS", 0)
    room = line.opened()
    line.join_all(room, range(1))
    for _ in range(2):
        line.tend(room)
    waitingroom.claim(room, line.guest(0))

    for _ in range(3):
        room = line.tend(room)

    assert room.state == RoomState.CLOSED
    assert told(room.show_id)[-1][0] == "waiting_room.drained"
    assert not line.show_of(room).needs_pass


def test_a_line_stays_open_as_long_as_somebody_waits(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.tending.MARKED_QUIET_SECONDS", 0)
    room = line.opened(checkout_seats=1)
    line.join_all(room, range(5))

    for _ in range(4):
        room = line.tend(room)

    assert room.state == RoomState.OPEN


def test_a_room_that_opens_again_goes_on_counting(reseller: Tenant) -> None:
    room = line.opened()
    line.join_all(room, range(5))
    line.tend(room)
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="calm")
        waitingroom.open_now(line.show_of(room), reason="not calm")

    assert waitingroom.join(line.again(room), line.guest(77)).number == 6


def test_a_line_that_is_over_because_all_is_sold_closes_too(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.tending.OVER_SECONDS", 0)
    room = line.opened(capacity=2)
    line.join_all(room, range(5))
    line.tend(line.tend(room))
    place = waitingroom.claim(room, line.guest(0))
    order = world.place(line.show_of(room), 2, place=place.id)
    world.pay(order.reference)

    for _ in range(3):
        room = line.tend(room)

    assert waitingroom.now_serving(room).has_sold_out
    assert room.state == RoomState.CLOSED


def test_two_who_make_the_room_of_a_show_make_one(reseller: Tenant) -> None:
    show = world.add_show()
    with transaction():
        first = find_or_make(show).id
        second = find_or_make(show).id

    assert first == second
