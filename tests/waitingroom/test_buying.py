"""The pass: good for one order, of its holder, for its show, for a while."""

from datetime import timedelta

import pytest

from core import boxoffice, clock, orders, waitingroom
from core.catalogue import ticket_types
from core.database import transaction
from core.errors import Invalid
from core.orders import PassRequired, PassUsed, Wanted, Wish
from core.tenancy import Tenant, bound_to
from core.waitingroom import Holder, PassExpired, PassNotYours, Place, PlaceState, Room, index
from tests import world
from tests.waitingroom import line

ADA = Holder.account("ada@example.org")
BEN = Holder.account("ben@example.org")


def admitted(room: Room, holder: Holder = ADA) -> Place:
    waitingroom.join(room, holder)
    line.call_at(room, int(clock.now().timestamp() * 1000))
    place = waitingroom.claim(room, holder)
    assert place.pass_token
    return place


def buy(room: Room, place: str | None) -> orders.Order:
    show = line.show_of(room)
    order = world.place(show, 1, place=place)
    waitingroom.spend(place)
    return order


def test_a_pass_buys(reseller: Tenant) -> None:
    room = line.opened()
    given = admitted(room)

    order = buy(room, waitingroom.admit(room.show, given.pass_token, [ADA]))

    assert order.place == given.id
    assert waitingroom.claim(room, ADA).state is PlaceState.USED


def test_without_a_pass_nobody_buys(reseller: Tenant) -> None:
    room = line.opened()

    with pytest.raises(PassRequired):
        waitingroom.admit(room.show, None, [ADA])
    with pytest.raises(PassRequired):  # whatever the door thinks
        buy(room, None)


def test_a_pass_buys_once(reseller: Tenant) -> None:
    room = line.opened()
    given = admitted(room)
    buy(room, given.id)

    with pytest.raises(PassUsed):
        buy(room, given.id)


def test_an_order_that_came_to_nothing_gives_the_pass_back(reseller: Tenant) -> None:
    room = line.opened()
    given = admitted(room)
    order = buy(room, given.id)
    boxoffice.at_the_till(lambda: orders.cancel(order, reason="by the customer"))

    assert buy(room, given.id).place == given.id


def test_a_pass_is_its_holders_alone(reseller: Tenant) -> None:
    room = line.opened()
    given = admitted(room)

    with pytest.raises(PassNotYours):
        waitingroom.admit(room.show, given.pass_token, [BEN, Holder.browser("somebody")])


def test_a_pass_is_for_its_show_alone(reseller: Tenant) -> None:
    here, there = line.opened(), line.opened()
    given = admitted(here)

    with pytest.raises(PassRequired):
        waitingroom.admit(there.show, given.pass_token, [ADA])


def test_a_pass_is_for_its_reseller_alone(reseller: Tenant, neighbour: Tenant) -> None:
    given = admitted(line.opened())

    with bound_to(neighbour):
        there = line.opened()
        with pytest.raises((PassRequired, PassNotYours)):
            waitingroom.admit(there.show, given.pass_token, [ADA])


def test_a_forged_pass_is_none(reseller: Tenant) -> None:
    room = line.opened()
    token = admitted(room).pass_token
    assert token

    for at in range(0, len(token), 7):
        forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises((PassRequired, PassNotYours)):
            waitingroom.admit(room.show, forged, [ADA])


def test_a_place_is_no_pass(reseller: Tenant) -> None:
    room = line.opened()
    place = admitted(room)

    with pytest.raises(PassRequired):
        waitingroom.admit(room.show, place.token, [ADA])


def test_a_pass_runs_out(reseller: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    room = line.opened()
    given = admitted(room)
    later = clock.now() + timedelta(seconds=waitingroom.PASS_SECONDS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)

    with pytest.raises(PassExpired):
        waitingroom.admit(room.show, given.pass_token, [ADA])
    assert waitingroom.claim(room, ADA).state is PlaceState.EXPIRED


def test_who_let_a_pass_run_out_joins_again_at_the_end(reseller: Tenant) -> None:
    room = line.opened()
    given = admitted(room)
    line.join_all(room, range(3))
    at = int((clock.now().timestamp() + waitingroom.PASS_SECONDS + 1) * 1000)

    again = waitingroom.join(room, ADA, now_ms=at)

    assert (again.number, again.id == given.id) == (5, False)
    assert again.state is PlaceState.WAITING


def test_claiming_twice_gives_the_same_pass(reseller: Tenant) -> None:
    room = line.opened()

    assert admitted(room).pass_token == waitingroom.claim(room, ADA).pass_token


def test_a_pass_that_bought_frees_its_seat_for_the_order(reseller: Tenant) -> None:
    room = line.opened(capacity=50, checkout_seats=1)
    buy(room, admitted(room).id)
    line.join_all(room, range(3))

    line.tend(room)

    assert int(index.fields(room)["passes"]) == 0
    assert int(index.fields(room)["held"]) == 1
    assert int(index.fields(room)["serving"]) == 1


def test_nobody_needs_a_pass_once_the_room_is_closed(reseller: Tenant) -> None:
    room = line.opened()
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="calm again")
    room = line.again(room)

    assert waitingroom.admit(room.show, None, [ADA]) is None
    assert buy(room, None).place is None


def test_who_waited_as_an_account_buys_for_it(reseller: Tenant) -> None:
    room = line.opened()
    mine = waitingroom.join(room, ADA)
    guests = waitingroom.join(room, line.guest(1))

    with pytest.raises(Invalid) as refused:
        waitingroom.check_name(mine.id, "ben@example.org")

    assert refused.value.field == "email"
    waitingroom.check_name(mine.id, "Ada@example.org")
    waitingroom.check_name(guests.id, "ben@example.org")
    waitingroom.check_name(None, "ben@example.org")


def test_the_box_office_counts_passes_itself(reseller: Tenant) -> None:
    """Whatever Redis has forgotten: of two orders with one pass at a time, one is placed."""
    room = line.opened()
    given = admitted(room)
    show = line.show_of(room)
    wanted = [Wanted(ticket_types(show)[0].reference, 1)]
    wish = Wish(show.reference, wanted, "api", email="ada@example.org", name="Ada", place=given.id)
    line.lose(room)

    orders.place(wish)
    with pytest.raises(PassUsed):
        orders.place(wish)
