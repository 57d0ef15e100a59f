"""What a program is told of a waiting room before it joins, and of its draw."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest

from core import waitingroom
from core.database import transaction
from core.tenancy import Tenant
from tests.api.conftest import Program, refused
from tests.waitingroom import line


def waiting_room_of(program: Program, show: str) -> Any:
    """As told of the show by itself, which is as told in the list."""
    alone = program.get(f"/v1/shows/{show}").json
    listed = next(each for each in program.get("/v1/shows").json["data"] if each["id"] == show)
    assert alone["waiting_room"] == listed["waiting_room"]
    return alone["waiting_room"]


def test_a_show_without_a_waiting_room_has_none(program: Program, show: Any) -> None:
    assert waiting_room_of(program, show.reference) is None


@pytest.mark.parametrize(("minutes", "phase"), [(60 * 24, "announced"), (5, "gathering")])
def test_a_show_tells_of_its_waiting_room_before_the_sale(
    program: Program, reseller: Tenant, minutes: int, phase: str
) -> None:
    room = line.gathering(minutes=minutes)

    told = waiting_room_of(program, room.show)

    assert told["phase"] == phase
    assert told["gathers_at"] < told["opens_at"]
    assert told["opens_at"] == program.get(f"/v1/shows/{room.show}").json["on_sale_at"]


def test_a_show_tells_where_to_join_its_line(program: Program, reseller: Tenant) -> None:
    room = line.opened()

    told = waiting_room_of(program, room.show)

    assert told["phase"] == "open"
    address = urlsplit(told["places"])
    assert address.hostname == program.host
    place = program.post(address.path, {"customer": {"email": "ada@example.org"}})
    assert (place.status_code, place.json["now_serving"]) == (201, told["now_serving"])


def test_a_show_stops_telling_of_its_waiting_room_once_it_has_closed(
    program: Program, reseller: Tenant
) -> None:
    room = line.opened()
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="nobody waits")
    line.again(room)

    assert waiting_room_of(program, room.show) is None


def test_a_show_whose_line_was_never_drawn_has_no_draw(
    program: Program, show: Any, subtests: pytest.Subtests
) -> None:
    opened, closed = line.opened(), line.opened()
    with transaction():
        waitingroom.close_now(line.show_of(closed), reason="nobody waits")
    line.again(closed)

    shows = {"no room": show.reference, "open": opened.show, "closed": closed.show}
    for name, reference in shows.items():
        with subtests.test(name):
            told = refused(partial(program.get, f"/v1/shows/{reference}/draw"), 404, "not_found")

            assert told["detail"] == "No draw was held for this show."


def test_a_draw_is_told_when_its_line_has_closed(program: Program, reseller: Tenant) -> None:
    room = line.gathering()
    program.post(f"/v1/shows/{room.show}/places", {"customer": {"email": "ada@example.org"}})
    line.tend(line.begin_sale(room))
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="nobody waits")
    line.again(room)

    told = program.get(f"/v1/shows/{room.show}/draw").json

    assert (told["is_drawn"], told["commitment"]) == (True, room.commitment)


def test_what_has_to_be_an_object_is_asked_for_in_no_words_of_ours(
    program: Program, show: Any, wish: Any, subtests: pytest.Subtests
) -> None:
    places = f"/v1/shows/{show.reference}/places"
    for path, body, field, expected in [
        (places, {"customer": "ada"}, "customer", "customer must be an object."),
        (places, {"customer": None}, "customer", "customer must be an object."),
        ("/v1/orders", {**wish, "customer": []}, "customer", "customer must be an object."),
        ("/v1/orders", {**wish, "items": {}}, "items", "items must be a list."),
        ("/v1/orders", {**wish, "items": [7]}, "items.0", "items.0 must be an object."),
    ]:
        with subtests.test(expected, body=body):
            told = program.post(path, body, key="a key").json

            assert (told["field"], told["detail"]) == (field, expected)
