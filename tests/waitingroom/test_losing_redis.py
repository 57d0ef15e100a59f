"""Redis loses the line: places come back, in order, and nobody's number is given twice."""

from dataclasses import replace

from core import clock, waitingroom
from core.redis import client
from core.tenancy import Tenant
from core.waitingroom import PlaceState, Room, index
from core.waitingroom.limits import BLOCK, PASS_SECONDS
from tests.waitingroom import line


def now_ms() -> int:
    return int(clock.now().timestamp() * 1000)


def numbers(room: Room, places: list[waitingroom.Place]) -> list[int | None]:
    """What people are told who show their places again."""
    return [
        waitingroom.join(room, line.guest(number), token=place.token).number
        for number, place in enumerate(places)
    ]


def test_people_show_their_places_and_have_the_same_numbers(reseller: Tenant) -> None:
    room = line.opened()
    places = line.join_all(room, range(20))
    line.lose(room)

    assert numbers(room, places) == list(range(1, 21))


def test_no_number_is_given_twice(reseller: Tenant) -> None:
    room = line.opened()
    places = line.join_all(room, range(20))
    line.lose(room)

    first = waitingroom.join(room, line.guest(500))

    assert first.number == BLOCK + 1
    assert numbers(line.again(room), places) == list(range(1, 21))


def test_numbers_that_nobody_has_do_not_count_as_people(reseller: Tenant) -> None:
    room = line.opened()
    places = line.join_all(room, range(20))
    room = line.tend(line.tend(room))
    line.lose(room)
    line.tend(room)

    newcomer = waitingroom.join(line.again(room), line.guest(500))

    assert newcomer.number == BLOCK + 1
    assert newcomer.people_ahead is not None
    assert newcomer.people_ahead <= len(places)


def test_the_line_goes_on_past_numbers_that_nobody_has(reseller: Tenant) -> None:
    room = line.opened(capacity=500)
    line.join_all(room, range(5))
    line.lose(room)
    room = line.again(line.tend(room))
    newcomer = waitingroom.join(room, line.guest(500))

    for _ in range(3):
        room = line.tend(room)

    assert waitingroom.claim(room, line.guest(500)).state is PlaceState.ADMITTED
    assert int(index.fields(room)["serving"]) == newcomer.number


def test_who_was_drawn_is_found_without_a_token(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(30))
    room = line.tend(line.begin_sale(room))
    before = [waitingroom.look(room, line.guest(each)).number for each in range(30)]  # type: ignore[union-attr]
    line.lose(room)

    room = line.tend(line.tend(room))

    after = [waitingroom.look(room, line.guest(each)).number for each in range(30)]  # type: ignore[union-attr]
    assert after == before


def test_who_gathered_shows_the_place_again_and_is_drawn(reseller: Tenant) -> None:
    room = line.gathering()
    places = line.join_all(room, range(10))
    line.lose(room)

    line.tend(line.begin_sale(room))
    assert line.again(room).state == "ready", "they are given a moment to come back"
    back = [waitingroom.join(line.again(room), line.guest(each), token=places[each].token)
            for each in range(10)]  # fmt: skip

    assert {place.state for place in back} == {PlaceState.GATHERING}
    assert {place.id for place in back} == {place.id for place in places}


def test_the_epoch_says_that_the_line_was_lost(reseller: Tenant) -> None:
    room = line.tend(line.opened())
    before = waitingroom.now_serving(room).epoch
    line.lose(room)

    line.tend(room)

    assert waitingroom.now_serving(line.again(room)).epoch != before


def test_seats_are_kept_for_passes_that_redis_forgot(reseller: Tenant) -> None:
    room = line.opened(capacity=500, checkout_seats=10)
    line.join_all(room, range(100))
    room = line.tend(line.tend(room))
    for number in range(10):
        assert waitingroom.claim(room, line.guest(number)).pass_token
    room = line.tend(room)
    line.lose(room)
    room = line.tend(room)
    for _ in range(3):
        room = line.tend(room)

    fields = index.fields(room)
    in_shop = int(fields["passes"]) + int(fields["unclaimed"])
    assert in_shop + 10 <= 2 * 10, "at most as many again"
    assert int(fields["phantoms"]) >= 9


def test_passes_that_are_shown_again_are_counted_once(reseller: Tenant) -> None:
    room = line.opened(capacity=500, checkout_seats=10)
    places = line.join_all(room, range(100))
    room = line.tend(line.tend(room))
    for number in range(10):
        waitingroom.claim(room, line.guest(number))
    room = line.tend(room)
    line.lose(room)
    room = line.tend(room)

    for number in range(10):
        back = waitingroom.claim(room, line.guest(number), token=places[number].token)
        assert back.state in {PlaceState.ADMITTED, PlaceState.CALLED}
    room = line.tend(room)

    fields = index.fields(room)
    assert int(fields["passes"]) + int(fields["phantoms"]) + int(fields["unclaimed"]) <= 20


def test_forgotten_passes_are_over_in_the_end(reseller: Tenant) -> None:
    room = line.opened(capacity=500, checkout_seats=10)
    line.join_all(room, range(100))
    room = line.tend(line.tend(room))
    for number in range(10):
        waitingroom.claim(room, line.guest(number))
    room = line.tend(room)
    line.lose(room)
    room = line.tend(room)
    supply = replace(line.AMPLE, seats=10)

    line.call_at(room, now_ms() + (PASS_SECONDS + 1) * 1000, supply)

    assert int(index.fields(room)["phantoms"]) == 0


def test_a_redis_that_comes_back_with_an_old_line_is_not_believed(reseller: Tenant) -> None:
    room = line.opened(capacity=500)
    places = line.join_all(room, range(20))
    room = line.tend(line.tend(room))
    server = client(room.cell)
    server.hset(room.key(), mapping={"last": 3, "serving": 0})

    for _ in range(3):
        room = line.tend(room)

    assert waitingroom.join(room, line.guest(500)).number == BLOCK + 1
    assert numbers(room, places) == list(range(1, 21))


def test_a_pass_buys_although_redis_is_empty(reseller: Tenant) -> None:
    room = line.opened()
    waitingroom.join(room, line.guest(1))
    line.tend(line.tend(room))
    token = waitingroom.claim(room, line.guest(1)).pass_token
    line.lose(room)

    assert waitingroom.admit(room.show, token, [line.guest(1)])
