"""Passes and places in the wrong hands, or in too many: each is refused, and nothing is written."""

from collections import Counter
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
import sqlalchemy as sa

from core import catalogue, clock, tenancy, waitingroom
from core.database import db, transaction
from core.orders import Order
from core.tenancy import Tenant, bound_to
from core.waitingroom import CLAIM_SECONDS, Holder, Place, PlaceState, Room, index
from core.waitingroom.tokens import Pass, PlaceToken, write_identity, write_pass, write_place
from tests.api.conftest import Program, key_for, refused
from tests.at_once import at_once
from tests.waitingroom import line

ADA = "ada@example.org"
AT_ONCE = 20


@pytest.fixture
def room(reseller: Tenant) -> Room:
    return line.opened()


@pytest.fixture
def program(app: Any, reseller: Tenant) -> Program:
    return Program(app, key_for(reseller))


def wish(room: Room, pass_token: str | None, email: str = ADA) -> dict[str, Any]:
    standard = catalogue.ticket_types(line.show_of(room))[0]
    db.session.rollback()
    return {
        "show": room.show,
        "items": [{"ticket_type": standard.reference, "quantity": 1}],
        "customer": {"email": email, "name": "Ada Lovelace"},
        "pass": pass_token,
    }


def admitted(room: Room, email: str = ADA) -> Place:
    holder = Holder.account(email)
    waitingroom.join(room, holder)
    line.call_at(room, int(clock.now().timestamp() * 1000))
    place = waitingroom.claim(room, holder)
    assert place.pass_token
    return place


def type_of(answer: Any) -> str:
    kind: str = answer.json["type"].rpartition("/")[2]
    return kind


def orders_of(place: str) -> int:
    db.session.rollback()
    count = db.session.scalar(sa.select(sa.func.count()).where(Order.place == place))
    return count or 0


def test_a_pass_shown_by_many_at_once_buys_once(
    program: Program, reseller: Tenant, room: Room
) -> None:
    given = admitted(room)
    wanted = wish(room, given.pass_token)

    answers = at_once(reseller, [lambda: program.order(wanted)] * AT_ONCE)

    told = Counter(
        "placed" if each.status_code == 201 else f"{each.status_code} {type_of(each)}"
        for each in answers
    )
    assert told == {"placed": 1, "409 pass_used": AT_ONCE - 1}
    assert orders_of(given.id) == 1


def test_many_joins_of_one_account_at_once_are_one_place(
    program: Program, reseller: Tenant, room: Room
) -> None:
    ways = [ADA, "Ada@example.org", " ADA@EXAMPLE.ORG ", "ada@Example.Org"]

    def join_all_ways() -> list[Any]:
        path = f"/v1/shows/{room.show}/places"
        return [program.post(path, {"customer": {"email": email}}) for email in ways]

    answers = list(chain(*at_once(reseller, [join_all_ways] * 12)))

    assert Counter(each.status_code for each in answers) == {201: 1, 200: 47}
    assert {(each.json["id"], each.json["number"]) for each in answers} == {
        (answers[0].json["id"], 1)
    }
    assert index.fields(room)["last"] == "1"


@pytest.mark.usefixtures("reseller")
class TestAPassThatIsNone:
    """One that was never given, or to somebody else, or for something else, or too long ago."""

    def test_for_another_customer(self, program: Program, room: Room) -> None:
        theirs = admitted(room, "ben@example.org").pass_token

        refused(lambda: program.order(wish(room, theirs)), 403, "pass_not_yours")

    def test_for_another_show(self, program: Program, room: Room) -> None:
        elsewhere = admitted(line.opened()).pass_token

        told = refused(lambda: program.order(wish(room, elsewhere)), 403, "pass_invalid")

        assert told["detail"].startswith("This pass is for another show.")

    def test_of_the_shop_next_door(self, program: Program, room: Room, neighbour: Tenant) -> None:
        with bound_to(neighbour):
            theirs = [admitted(line.opened()).pass_token for _ in range(2)]

        for each in theirs:
            refused(lambda each=each: program.order(wish(room, each)), 403, "pass_invalid")  # type: ignore[misc]

    def test_forged_or_cut_off(self, program: Program, room: Room) -> None:
        token = admitted(room).pass_token
        assert token
        payload, signature = token.rsplit(".", 1)

        for forged in [
            token[:-1],
            token[: len(token) // 2],
            payload,
            payload + ".",
            "." + signature,
            token + "A",
            payload[:-2] + "AA." + signature,
            token.swapcase(),
            "." + token,
            token.replace(".", ".."),
        ]:
            refused(
                lambda forged=forged: program.order(wish(room, forged)),  # type: ignore[misc]
                403,
                "pass_invalid",
            )

    def test_signed_for_something_else(self, program: Program, room: Room) -> None:
        given = admitted(room)
        until = int(clock.now().timestamp() * 1000) + 60_000

        for other in [
            given.token,
            write_place(PlaceToken(given.id, until)),
            write_place(PlaceToken(given.id, until), is_shadow=True),
            write_identity(given.id),
        ]:
            refused(
                lambda other=other: program.order(wish(room, other)),  # type: ignore[misc]
                403,
                "pass_invalid",
            )

    def test_over(self, program: Program, room: Room) -> None:
        ago = int((clock.now() - timedelta(seconds=1)).timestamp() * 1000)
        over = write_pass(Pass(admitted(room).id, ago))

        refused(lambda: program.order(wish(room, over)), 409, "pass_expired")

    def test_missing(self, program: Program, room: Room) -> None:
        refused(lambda: program.order(wish(room, None)), 409, "pass_required")

    def test_of_a_browser_shown_by_a_program(self, program: Program, room: Room) -> None:
        waitingroom.join(room, line.guest(1))
        line.call_at(room, int(clock.now().timestamp() * 1000))
        browsers = waitingroom.claim(room, line.guest(1)).pass_token

        refused(lambda: program.order(wish(room, browsers)), 403, "pass_not_yours")


def test_a_pass_of_before_the_room_closed_is_good_for_what_is_left_of_its_time(
    reseller: Tenant, program: Program
) -> None:
    """It was fairly waited for, its seat is still counted, and it buys once."""
    room = line.opened(checkout_seats=1)
    given = admitted(room)
    show = line.show_of(room)
    with transaction():
        waitingroom.close_now(show, reason="calm")
    with transaction():
        waitingroom.open_now(show, reason="not so calm")
    room = line.again(room)
    waitingroom.join(room, line.guest(1))
    line.tend(room)
    assert waitingroom.claim(room, line.guest(1)).state is PlaceState.WAITING, "the seat is taken"

    answers = [program.order(wish(room, given.pass_token)) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 409]


def test_an_id_is_worth_nothing_to_a_stranger(
    app: Any, program: Program, room: Room, neighbour: Tenant
) -> None:
    mine = admitted(room)
    waitingroom.join(room, line.guest(1))
    line.call_at(room, int(clock.now().timestamp() * 1000) + 1000)
    browsers = waitingroom.claim(room, line.guest(1))
    next_door = Program(app, key_for(neighbour))

    for token in ("", mine.token, browsers.token):
        asked = f"?token={token}" if token else ""
        for place in (mine, browsers):
            assert next_door.get(f"/v1/places/{place.id}{asked}").status_code == 404
    answer = program.get(f"/v1/places/{browsers.id}?token={browsers.token}")
    assert (answer.status_code, answer.json["pass"]) == (200, None), "a browser's pass is its own"


def test_a_suspect_that_shows_its_token_after_a_loss_is_judged_anew(reseller: Tenant) -> None:
    room = line.opened(suspects="wait")
    line.join_all(room, range(2))
    suspect = waitingroom.join(room, Holder.account(ADA), is_suspect=True)
    room = line.tend(room)
    line.lose(room)

    again = waitingroom.join(
        line.again(room), Holder.account(ADA), is_suspect=True, token=suspect.token
    )
    for _ in range(3):
        room = line.tend(room)

    assert again.number != suspect.number, "its number was never one"
    assert waitingroom.claim(room, Holder.account(ADA), token=suspect.token).pass_token is None


def test_a_token_restores_its_own_place_alone(reseller: Tenant, room: Room) -> None:
    mine = waitingroom.join(room, Holder.account(ADA))
    line.lose(room)

    other = waitingroom.join(line.again(room), Holder.account("ben@example.org"), token=mine.token)

    assert other.number != mine.number
    assert waitingroom.join(room, Holder.account(ADA), token=mine.token).number == mine.number


def test_many_who_tend_at_once_call_nobody_more(reseller: Tenant) -> None:
    room = line.opened(capacity=1000, checkout_seats=7)
    line.join_all(room, range(40))
    tenant = tenancy.current()

    for _ in range(3):
        at_once(tenant, [lambda: line.tend(room)] * 8)

    fields = index.fields(room)
    assert (int(fields["serving"]), int(fields["called"])) == (7, 7)


def test_many_who_come_late_at_once_share_the_seats_there_are(reseller: Tenant) -> None:
    room = line.opened()
    line.join_all(room, range(20))
    at = int(clock.now().timestamp() * 1000)
    for seconds in (1, 2, 2 + CLAIM_SECONDS):
        line.call_at(room, at + seconds * 1000, seats=20)
    line.call_at(room, at + (3 + CLAIM_SECONDS) * 1000, seats=3)

    came = at_once(
        reseller,
        [
            lambda each=each: waitingroom.claim(  # type: ignore[misc]
                room, line.guest(each), now_ms=at + (4 + CLAIM_SECONDS) * 1000
            )
            for each in range(20)
        ],
    )

    assert Counter(each.state for each in came) == {PlaceState.ADMITTED: 3, PlaceState.CALLED: 17}
