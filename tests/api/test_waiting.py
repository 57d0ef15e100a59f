"""The waiting room, as a reseller's own system goes through it."""

from typing import Any

import pytest

from core import boxoffice, catalogue, orders, settings, waitingroom
from core.database import transaction
from core.tenancy import Tenant
from core.waitingroom import Holder, Room
from tests.api.conftest import Program, held
from tests.waitingroom import line

ADA = {"customer": {"email": "ada@example.org"}}


@pytest.fixture
def room(reseller: Tenant) -> Room:
    return line.opened()


def places(room: Room) -> str:
    return f"/v1/shows/{room.show}/places"


def wish_at(room: Room, **facts: Any) -> dict[str, Any]:
    standard = catalogue.ticket_types(line.show_of(room))[0]
    return {
        "show": room.show,
        "items": [{"ticket_type": standard.reference, "quantity": 1}],
        "customer": {"email": "ada@example.org", "name": "Ada Lovelace"},
        **facts,
    }


def admitted(program: Program, room: Room) -> Any:
    place = program.post(places(room), ADA).json
    line.tend(room)
    return program.get(f"/v1/places/{place['id']}").json


def test_a_customer_joins_the_line(program: Program, room: Room) -> None:
    answer = program.post(places(room), ADA)

    assert answer.status_code == 201, answer.text
    place = answer.json
    assert answer.headers["Location"] == f"/v1/places/{place['id']}"
    assert (place["state"], place["number"], place["people_ahead"]) == ("waiting", 1, 0)
    assert place["pass"] is None
    assert place["poll_after_seconds"] >= 1
    assert place["now_serving"].endswith(f"/shows/{room.slug}/now-serving.json")


def test_joining_again_is_the_same_place(program: Program, room: Room) -> None:
    first = program.post(places(room), ADA)

    second = program.post(places(room), {"customer": {"email": "ADA@example.org"}})

    assert (second.status_code, second.json["id"]) == (200, first.json["id"])


def test_storefront_and_api_have_one_line(program: Program, room: Room) -> None:
    mine = waitingroom.join(room, Holder.account("ada@example.org"))

    assert program.post(places(room), ADA).json["id"] == mine.id


def test_a_place_that_is_called_has_a_pass_that_buys(program: Program, room: Room) -> None:
    place = admitted(program, room)
    assert place["state"] == "admitted"

    bought = program.order(wish_at(room, **{"pass": place["pass"]}))

    assert bought.status_code == 201, bought.text
    assert program.get(f"/v1/places/{place['id']}").json["state"] == "used"


def test_without_a_pass_nothing_is_bought(program: Program, room: Room) -> None:
    answer = program.order(wish_at(room))

    assert (answer.status_code, answer.json["type"].rsplit("/")[-1]) == (409, "pass_required")
    assert "POST /v1/shows/{id}/places" in answer.json["detail"]
    assert held(wish_at(room)) == 0


def test_nonsense_for_a_pass_is_not_taken_for_none(program: Program, room: Room) -> None:
    wish = wish_at(room, **{"pass": "nonsense"})

    answer = program.order(wish, key="the same")

    assert (answer.status_code, answer.json["type"].rsplit("/")[-1]) == (403, "pass_invalid")
    assert answer.json["detail"].startswith("This is not one of our passes")
    assert answer.json["detail"].count("POST /v1/shows/{id}/places") == 1
    good = wish_at(room, **{"pass": admitted(program, room)["pass"]})
    assert program.order(good, key="the same").status_code == 201, "nothing was kept of it"


def test_an_empty_pass_is_none(program: Program, room: Room) -> None:
    answer = program.order(wish_at(room, **{"pass": ""}))

    assert answer.json["type"].endswith("/pass_required")


def test_somebody_elses_pass_buys_nothing(program: Program, room: Room) -> None:
    given = admitted(program, room)["pass"]
    ben = {"email": "ben@example.org", "name": "Ben"}

    answer = program.order(wish_at(room, customer=ben, **{"pass": given}))

    assert (answer.status_code, answer.json["type"].rsplit("/")[-1]) == (403, "pass_not_yours")


def test_a_pass_buys_once_and_the_answer_is_told_again(program: Program, room: Room) -> None:
    wish = wish_at(room, **{"pass": admitted(program, room)["pass"]})
    first = program.order(wish, key="the first of them")

    again = program.order(wish, key="the first of them")
    other = program.order(wish, key="another")

    assert again.data == first.data
    assert (other.status_code, other.json["type"].rsplit("/")[-1]) == (409, "pass_used")


def test_an_answer_is_told_again_when_the_pass_is_over(
    program: Program, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = wish_at(room, **{"pass": admitted(program, room)["pass"]})
    first = program.order(wish, key="the first of them")

    def over(*_: Any) -> None:
        raise waitingroom.PassExpired("over")

    monkeypatch.setattr(waitingroom, "admit", over)

    assert program.order(wish, key="the first of them").data == first.data
    assert program.order(wish, key="another").json["type"].endswith("pass_expired")


def test_that_a_pass_is_required_is_not_told_again_when_the_room_has_closed(
    program: Program, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:  # the process has not heard yet that the room is open
        patch.setattr(waitingroom, "admit", lambda *_: None)
        refused = program.order(wish_at(room), key="the same")
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="nobody waits")
    line.again(room)

    assert (refused.status_code, refused.json["type"].rsplit("/")[-1]) == (409, "pass_required")
    assert refused.json["detail"].count("POST /v1/shows/{id}/places") == 1
    assert program.order(wish_at(room), key="the same").status_code == 201


def test_that_a_pass_was_used_is_not_told_again_when_it_was_given_back(
    program: Program, room: Room
) -> None:
    wish = wish_at(room, **{"pass": admitted(program, room)["pass"]})
    first = program.order(wish).json["id"]
    refused = program.order(wish, key="the same")
    boxoffice.at_the_till(lambda: orders.cancel(orders.get_by_reference(first), reason="a test"))

    assert (refused.status_code, refused.json["type"].rsplit("/")[-1]) == (409, "pass_used")
    assert program.order(wish, key="the same").status_code == 201


def test_the_line_is_told_to_programs_as_on_the_storefront(program: Program, room: Room) -> None:
    program.post(places(room), ADA)
    line.tend(room)

    answer = program.get(f"/v1/shows/{room.show}/now-serving")

    assert answer.json["serving"] == 1
    assert answer.json["phase"] == "open"
    assert answer.json["ticket_types"][0]["price_minor"] == 2500
    etag = answer.headers["ETag"]
    again = program.get(f"/v1/shows/{room.show}/now-serving", headers={"If-None-Match": etag})
    assert again.status_code == 304


def test_a_show_without_a_waiting_room_says_so(program: Program, show: Any) -> None:
    answer = program.post(f"/v1/shows/{show.reference}/places", ADA)

    assert (answer.status_code, answer.json["type"].rsplit("/")[-1]) == (
        409,
        "waiting_room_closed",
    )


def test_a_waiting_room_that_has_closed_speaks_to_programs(program: Program, room: Room) -> None:
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="nobody waits")
    line.again(room)

    answer = program.post(places(room), ADA)

    assert (answer.status_code, answer.json["detail"]) == (
        409,
        "Nobody waits in line for this show: an order needs no pass.",
    )


def test_a_show_that_is_not_there_has_no_line(program: Program, show: Any) -> None:
    missing = "shw_" + "0" * 26

    assert program.post(f"/v1/shows/{missing}/places", ADA).status_code == 404
    assert program.get(f"/v1/shows/{missing}/now-serving").status_code == 404
    assert program.get("/v1/places/plc_" + "0" * 26).status_code == 404


def test_the_draw_is_promised_before_and_told_after(program: Program, reseller: Tenant) -> None:
    room = line.gathering()
    mine = program.post(places(room), ADA).json
    before = program.get(f"/v1/shows/{room.show}/draw").json
    listed_before = program.get(f"/v1/shows/{room.show}/draw/places")

    line.tend(line.begin_sale(room))

    after = program.get(f"/v1/shows/{room.show}/draw").json
    assert (before["is_drawn"], before["seed"], listed_before.status_code) == (False, None, 404)
    assert after["commitment"] == before["commitment"]
    assert (after["is_drawn"], after["places"], len(after["seed"])) == (True, 1, 64)
    assert program.get(f"/v1/shows/{room.show}/draw/places").text == mine["id"] + "\n"
    assert after["page"].startswith(settings.load().public_scheme)


def test_places_of_one_address_are_counted(
    program: Program, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.joining.JOINS_OF_ADDRESS", 2)

    answers = [
        program.post(
            places(room), {"customer": {"email": f"{n}@example.org"}, "address": "192.0.2.1"}
        )
        for n in range(3)
    ]

    assert [each.status_code for each in answers] == [201, 201, 429]
    assert answers[2].headers["Retry-After"]
    odd = program.post(places(room), {**ADA, "address": "at home"})
    assert (odd.status_code, odd.json["field"]) == (422, "address")
