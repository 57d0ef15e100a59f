"""Calling: as many as may come in, and nobody more."""

from typing import Any

import pytest

from core import waitingroom
from core.tenancy import Tenant
from core.waitingroom import PlaceState, Room, Why, index
from core.waitingroom.calling import (
    USUAL_SHARE,
    Payments,
    Supply,
    _calls_for,
    conversion,
    rate_of,
)
from core.waitingroom.limits import CLAIM_SECONDS, PASS_SECONDS
from tests.waitingroom import line

T0 = 2_000_000_000_000
"""A moment of the test's own clock, in ms."""


def second(number: float) -> int:
    return T0 + int(number * 1000)


@pytest.fixture
def room(reseller: Tenant) -> Room:
    room = line.opened()
    line.join_all(room, range(100))
    line.call_at(room, T0 - 10_000, seats=0)
    return room


def in_checkout(room: Room) -> int:
    fields = index.fields(room)
    return int(fields["passes"]) + int(fields["unclaimed"])


def test_nobody_is_called_beyond_the_seats_at_the_checkout(room: Room) -> None:
    for number in range(20):
        line.call_at(room, second(number), seats=7)

    assert int(index.fields(room)["serving"]) == 7


def test_held_orders_take_seats(room: Room) -> None:
    line.call_at(room, second(0), seats=7, held_orders=5)

    assert int(index.fields(room)["serving"]) == 2


def test_nobody_is_called_for_tickets_that_others_choose_from(room: Room) -> None:
    called = line.call_at(room, second(0), left=3)

    assert (called.count, called.why) == (3, Why.STOCK)
    assert line.call_at(room, second(1), left=3).count == 0


def test_payments_set_the_pace(room: Room) -> None:
    line.call_at(room, second(0), payments=Payments(per_second=2.0))
    before = int(index.fields(room)["serving"])
    for number in range(1, 11):
        called = line.call_at(room, second(number), payments=Payments(per_second=2.0))

    # More than two a second: of those who are called not everybody pays.
    expected = 10 * 2.0 / conversion(index.fields(room))
    assert abs(int(index.fields(room)["serving"]) - before - expected) <= 1
    assert called.why is Why.PAYMENTS


def test_nobody_is_called_while_payments_wait(room: Room) -> None:
    called = line.call_at(room, second(0), payments=Payments(per_second=25, waiting_seconds=4))

    assert (called.count, called.why) == (0, Why.PAYMENTS)


def test_a_setting_sets_the_pace(room: Room) -> None:
    for number in range(61):
        called = line.call_at(room, second(number), per_minute=30)

    assert int(index.fields(room)["serving"]) in {30, 31}
    assert called.why is Why.SETTING


def test_a_strained_box_office_is_let_off(room: Room) -> None:
    seen = index.fields(room)
    calm = rate_of(line.AMPLE, seen)
    strained = rate_of(Supply(held_orders=0, seats=10, left=10, strain_ms=2000), seen)

    assert strained.per_second < calm.per_second
    assert strained.why is Why.BOX_OFFICE


def test_a_paused_line_stands_still_and_people_may_still_join(room: Room) -> None:
    called = line.call_at(room, second(0), is_paused=True)

    assert (called.count, called.why) == (0, Why.PAUSED)
    assert waitingroom.join(room, line.guest(500)).number == 101


def test_a_call_that_nobody_answers_makes_room_for_the_next(room: Room) -> None:
    line.call_at(room, second(0), seats=5)
    assert line.call_at(room, second(CLAIM_SECONDS - 1), seats=5).count == 0

    assert line.call_at(room, second(CLAIM_SECONDS + 1), seats=5).count == 5


def test_a_pass_that_runs_out_makes_room_for_the_next(room: Room) -> None:
    line.call_at(room, second(0), seats=5)
    for number in range(5):
        waitingroom.claim(room, line.guest(number), now_ms=second(1))
    assert line.call_at(room, second(PASS_SECONDS), seats=5).count == 0

    assert line.call_at(room, second(PASS_SECONDS + 2), seats=5).count == 5


def test_who_comes_late_is_let_in_before_those_who_are_not_called_yet(room: Room) -> None:
    line.call_at(room, second(0), seats=2)
    line.call_at(room, second(CLAIM_SECONDS + 1), seats=2)
    for number in (2, 3):
        waitingroom.claim(room, line.guest(number), now_ms=second(CLAIM_SECONDS + 2))

    late = waitingroom.claim(room, line.guest(0), now_ms=second(CLAIM_SECONDS + 3))
    assert (late.state, late.is_late) == (PlaceState.CALLED, True)
    line.call_at(
        room, second(CLAIM_SECONDS + 4), seats=3
    )  # one more seat, and one who waits for it

    late = waitingroom.claim(room, line.guest(0), now_ms=second(CLAIM_SECONDS + 5))
    assert late.pass_token
    assert int(index.fields(room)["serving"]) == 4


def test_calling_twice_in_a_moment_calls_nobody_more(room: Room) -> None:
    line.call_at(room, second(0), per_minute=600)

    assert line.call_at(room, second(0), per_minute=600).count == 0


def test_a_standstill_is_not_made_up_for_at_once(room: Room) -> None:
    """Credit does not pile up: a relay that was away for a minute lets nobody flood in."""
    line.call_at(room, second(0), per_minute=60)
    line.call_at(room, second(60), per_minute=60)

    assert int(index.fields(room)["serving"]) <= 5


def test_who_comes_and_does_not_buy_makes_room_for_more(room: Room) -> None:
    seen: dict[str, Any] = dict.fromkeys(index.fields(room), "0")

    assert conversion(seen) == USUAL_SHARE**2
    everybody = {**seen, "came": "1000", "waited_for": "1000", "spent": "1000"}
    assert conversion(everybody) > 0.99
    assert 0.49 < conversion({**everybody, "came": "500"}) < 0.53
    assert conversion({**seen, "spent": "0", "expired": "100000"}) == 0.2


def test_a_slow_pace_is_kept_to_the_fraction(room: Room) -> None:
    """Ninety a minute are not sixty: what is left of a second counts for the next."""
    line.call_at(room, second(0), per_minute=90)
    before = int(index.fields(room)["serving"])
    for number in range(1, 21):
        line.call_at(room, second(number), per_minute=90)

    assert 29 <= int(index.fields(room)["serving"]) - before <= 31


def test_while_much_is_left_more_tickets_are_reckoned_to_a_call(room: Room) -> None:
    seen = index.fields(room)

    line.call_at(room, second(0), left=60)
    assert int(index.fields(room)["serving"]) == 60
    assert _calls_for(10_000, 1.0) == 5_000
    assert _calls_for(10_000, conversion(seen)) == int(10_000 / (2 * conversion(seen)))
