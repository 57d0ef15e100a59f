"""The second in which the sale begins: everybody comes at once, and it is drawn once."""

import threading
import time
from typing import Any

from core import events, waitingroom
from core.tenancy import Tenant, bound_to
from core.waitingroom import PlaceState, Room, RoomState, index, opening
from jobs import program
from tests.at_once import at_once
from tests.waitingroom import line

EARLY, LATE, PEOPLE = 150, 24, 12


def numbers_of(room: Room, people: range) -> list[int]:
    found = [waitingroom.look(room, line.guest(each)) for each in people]
    return [place.number or 0 for place in found if place]


def test_two_who_open_at_once_draw_once(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(PEOPLE))
    room = line.begin_sale(room)

    came = at_once(reseller, [lambda: opening.open_line(room)] * 4)

    assert came == [None] * 4
    told = [each for each in events.about([room.show_id]) if each.type == "waiting_room.opened"]
    assert [each.data["gathered"] for each in told] == [PEOPLE]
    assert sorted(numbers_of(line.again(room), range(PEOPLE))) == list(range(1, PEOPLE + 1))


def test_who_joins_while_it_is_drawn_is_drawn_or_stands_behind(reseller: Tenant) -> None:
    """Twenty who join as fast as they can, and two who open the line in the middle of it."""
    room = line.gathering()
    line.join_all(room, range(EARLY))
    room = line.begin_sale(room)
    told: dict[int, list[waitingroom.Place]] = {}

    def come(first: int) -> None:
        for person in range(first, first + LATE):
            told[person] = [waitingroom.join(room, line.guest(person))]
            told[person].append(waitingroom.join(room, line.guest(person)))

    def open_it() -> None:
        time.sleep(0.03)
        opening.open_line(room)

    firsts = [1000 * each for each in range(1, 9)]
    came = at_once(
        reseller,
        [*[lambda first=first: come(first) for first in firsts], open_it, open_it],  # type: ignore[misc]
    )
    room = line.tend(room)

    assert came == [None] * 10
    assert room.state == RoomState.OPEN
    people = [*range(EARLY), *told]
    places = {each: waitingroom.look(room, line.guest(each)) for each in people}
    assert all(places.values()), "somebody was lost"
    number = {each: place.number or 0 for each, place in places.items() if place}
    assert sorted(number.values()) == list(range(1, len(people) + 1)), "no hole, none twice"
    drawn = (waitingroom.draw_places(room.show) or "").split()
    assert sorted(
        number[each] for each, place in places.items() if place and place.id in drawn
    ) == (list(range(1, len(drawn) + 1)))
    for person, answers in told.items():
        assert {each.number for each in answers if each.number} <= {number[person]}
        assert all(
            (each.state is PlaceState.GATHERING) == (each.number is None) for each in answers
        )


def test_a_line_that_is_tended_and_watched_by_everybody_is_drawn_once(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(PEOPLE))
    line.begin_sale(room)
    is_over = threading.Event()
    trouble: list[Any] = []

    def watch() -> None:
        with program.application().app_context(), bound_to(reseller):
            while not is_over.is_set():
                try:
                    line.tend(room)
                except Exception as error:
                    trouble.append(error)

    threads = [threading.Thread(target=watch) for _ in range(4)]
    for each in threads:
        each.start()
    numbers = [waitingroom.join(room, line.guest(each)).number for each in range(100, 140)]
    is_over.set()
    for each in threads:
        each.join(10)
    line.tend(room)

    assert trouble == []
    everybody = numbers_of(line.again(room), range(PEOPLE)) + numbers_of(room, range(100, 140))
    assert sorted(everybody) == list(range(1, PEOPLE + 41))
    assert int(index.fields(room)["last"]) == PEOPLE + 40
    assert len(set(filter(None, numbers))) == len(list(filter(None, numbers)))
