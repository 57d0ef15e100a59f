"""Joining the line."""

import pytest

from core import waitingroom
from core.database import transaction
from core.errors import NotFound
from core.tenancy import Tenant, bound_to
from core.waitingroom import Holder, PlaceState, RoomClosed, TooEarly, TooManyPlaces
from tests.waitingroom import line

FEW = 3
ADA = Holder.account("ada@example.org")


def test_a_customer_has_one_place_however_often_it_joins(reseller: Tenant) -> None:
    room = line.opened()

    places = {waitingroom.join(room, ADA).id for _ in range(5)}

    assert len(places) == 1


def test_a_customer_is_the_same_whichever_way_it_writes_its_address(reseller: Tenant) -> None:
    room = line.opened()

    first = waitingroom.join(room, Holder.account("Ada@Example.org "))

    assert waitingroom.join(room, ADA).id == first.id


def test_who_comes_after_the_opening_stands_behind(reseller: Tenant) -> None:
    room = line.opened()

    numbers = [each.number for each in line.join_all(room, range(4))]

    assert numbers == [1, 2, 3, 4]


def test_who_gathers_has_no_number_yet(reseller: Tenant) -> None:
    room = line.gathering()

    place = waitingroom.join(room, ADA)

    assert (place.state, place.number, place.people_ahead) == (PlaceState.GATHERING, None, None)


def test_nobody_joins_before_people_may_gather(reseller: Tenant) -> None:
    room = line.gathering(minutes=600)

    with pytest.raises(TooEarly):
        waitingroom.join(room, ADA)


def test_nobody_joins_where_nobody_needs_to_wait(reseller: Tenant) -> None:
    room = line.opened()
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="enough")

    with pytest.raises(RoomClosed):
        waitingroom.join(line.again(room), ADA)


def test_places_of_one_address_are_counted(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.joining.JOINS_OF_ADDRESS", FEW)
    room = line.opened()
    for number in range(FEW):
        waitingroom.join(room, line.guest(number), address="192.0.2.7")

    with pytest.raises(TooManyPlaces):
        waitingroom.join(room, line.guest(1000), address="192.0.2.7")

    assert waitingroom.join(room, line.guest(1000), address="192.0.2.8").number


def test_addresses_of_one_household_count_as_one(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.joining.JOINS_OF_ADDRESS", 2)
    room = line.opened()
    for number in range(2):
        waitingroom.join(room, line.guest(number), address=f"2001:db8::{number}")

    with pytest.raises(TooManyPlaces):
        waitingroom.join(room, line.guest(9), address="2001:db8::9")

    assert waitingroom.join(room, line.guest(9), address="2001:db8:0:100::9").number


def test_who_has_a_place_is_never_refused_for_its_address(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waitingroom.joining.JOINS_OF_ADDRESS", FEW)
    room = line.opened()
    first = waitingroom.join(room, line.guest(0), address="192.0.2.7")
    for number in range(1, FEW):
        waitingroom.join(room, line.guest(number), address="192.0.2.7")

    assert waitingroom.join(room, line.guest(0), address="192.0.2.7").id == first.id


def test_a_suspect_waits_for_ever_where_that_is_the_setting(reseller: Tenant) -> None:
    room = line.opened(suspects="wait")
    waitingroom.join(room, ADA)

    suspect = waitingroom.join(room, line.guest(1), is_suspect=True)
    for number in range(2, 10):
        waitingroom.join(room, line.guest(number))
    line.call_at(room, 1_000_000)
    line.call_at(room, 1_005_000)

    assert (suspect.state, suspect.number) == (PlaceState.WAITING, 2)
    assert waitingroom.claim(room, line.guest(1)).state is PlaceState.WAITING
    assert waitingroom.claim(room, ADA).state is PlaceState.ADMITTED


def test_a_suspect_is_told_to_come_later_where_that_is_the_setting(reseller: Tenant) -> None:
    room = line.opened()

    with pytest.raises(TooManyPlaces):
        waitingroom.join(room, ADA, is_suspect=True)


def test_a_place_is_found_by_its_id(reseller: Tenant) -> None:
    room = line.opened()
    place = waitingroom.join(room, ADA)

    assert waitingroom.find_place(place.id).number == place.number


def test_the_shop_next_door_knows_nothing_of_a_place(reseller: Tenant, neighbour: Tenant) -> None:
    room = line.opened()
    place = waitingroom.join(room, ADA)

    with bound_to(neighbour), pytest.raises(NotFound):
        waitingroom.find_place(place.id)


def test_an_id_tells_strangers_nothing(reseller: Tenant) -> None:
    here, there = line.opened(), line.opened()

    first, second = waitingroom.join(here, ADA), waitingroom.join(there, ADA)

    assert len(set(first.id[4:]) & set(second.id[4:])) < 26
    assert first.id[12:] != second.id[12:]
