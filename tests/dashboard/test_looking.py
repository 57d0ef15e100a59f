"""What the pages of the dashboard say."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock, orders
from core.database import transaction
from core.tenancy import Tenant
from tests import world
from tests.browsing import Browser
from tests.dashboard.conftest import sign_in


def test_the_overview_adds_up(owner: Browser, paid: str, show: Any) -> None:
    world.place(show, 1)

    page = owner.get("/").text

    assert "€50.00" in page  # two at 25, today and in total
    assert "€49.00" in page  # less a euro for the card payment: owed
    assert "2 sold" in page
    assert "1 held" in page
    assert "7 left" in page


def test_the_newest_orders_refresh_themselves(owner: Browser, show: Any) -> None:
    first = owner.get("/")
    assert 'hx-get="/newest-orders"' in first.text
    number = world.place(show, 1).number

    piece = owner.get("/newest-orders", headers={"HX-Request": "true"}).text

    assert number in piece
    assert "<html" not in piece


def test_what_sold_yesterday_is_not_of_today(owner: Browser, paid: str) -> None:
    with transaction():
        orders.get_by_reference(paid).paid_at = clock.now() - timedelta(days=2)

    today, _, total = owner.get("/").text.partition("Sold in total")

    assert "€50.00" not in today
    assert "€50.00" in total


def test_pages_of_a_new_house_are_not_broken(owner: Browser) -> None:
    assert "No orders yet" in owner.get("/").text
    assert "There are no shows yet" in owner.get("/shows").text
    assert "No orders yet" in owner.get("/orders").text


def test_a_draft_is_shown_to_the_house(owner: Browser) -> None:
    draft = world.add_show(is_published=False).reference

    assert draft in owner.get("/shows").text
    page = owner.get(f"/shows/{draft}")
    assert page.status_code == 200
    assert "Draft" in page.text
    assert "In the storefront" not in page.text


def test_a_show_tells_what_is_sold_of_each_type(owner: Browser, paid: str, show: Any) -> None:
    page = owner.get(f"/shows/{show.reference}").text

    assert "Standard" in page
    assert "2 sold" in page
    assert orders.get_by_reference(paid).number in page


@pytest.mark.parametrize("part", ["ada@", "LOVELACE", "number", "#number", "reference", "%"])
def test_an_order_is_found_by(owner: Browser, paid: str, show: Any, part: str) -> None:
    number = orders.get_by_reference(paid).number
    other = world.place(show, 1, name="100% Kurt", email="kurt@example.org").number
    asked = {
        "number": number.lower(),
        "#number": number.replace("-", ""),
        "reference": paid,
    }.get(part, part)

    page = owner.get("/orders", query_string={"q": asked}).text

    found, missed = (other, number) if part == "%" else (number, other)
    assert f">{found}<" in page
    assert f">{missed}<" not in page


def test_orders_can_be_told_apart_by_state_and_show(owner: Browser, paid: str, show: Any) -> None:
    number = orders.get_by_reference(paid).number
    held = world.place(show, 1).number
    reference, other = show.reference, world.add_show(title="Another").reference

    assert number in owner.get("/orders?state=paid").text
    assert held not in owner.get("/orders?state=paid").text
    assert number in owner.get(f"/orders?show={reference}").text
    assert number not in owner.get(f"/orders?show={other}").text


def test_orders_come_in_pages(owner: Browser, reseller: Tenant) -> None:
    with transaction():
        show = world.add_show(is_published=False)
        world.add_type(show, capacity=100)
    from core import catalogue

    with transaction():
        catalogue.publish(show)
    placed = [world.place(show, 1).number for _ in range(27)]

    first = owner.get("/orders").text
    older = first.partition('<a class="button" href="')[2].partition('"')[0]

    assert placed[-1] in first
    assert placed[0] not in first
    assert placed[0] in owner.get(older.replace("&amp;", "&")).text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("state=none", 422),
        ("show=none", 404),
        ("show=%00", 200),
        ("after=none", 422),
        ("after=ord_" + "0" * 26, 422),
        ("q=%00", 200),
        ("q=%F0%9F%8E%AB%22%27%3B--", 200),
        ("q=" + "x" * 300, 422),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_kindly(
    owner: Browser, show: Any, query: str, status: int
) -> None:
    answer = owner.get(f"/orders?{query}")

    assert answer.status_code == status, answer.text


def test_an_order_tells_its_whole_story(owner: Browser, paid: str) -> None:
    page = owner.get(f"/orders/{paid}").text

    for part in (
        "Ada Lovelace",
        "ada@example.org",
        "Tickets held",
        "2 tickets held",
        "Payment received",
        "Order paid",
        "2 tickets made valid",
    ):
        assert part in page, part
    assert page.index("Tickets held") < page.index("Payment received")


def test_what_is_next_door_looks_like_what_is_missing(
    app: Any, owner: Browser, neighbour: Tenant, paid: str, show: Any
) -> None:
    stranger = sign_in(app, neighbour)
    missing = "0" * 26
    for theirs, nobodys in [
        (f"/orders/{paid}", f"/orders/ord_{missing}"),
        (f"/shows/{show.reference}", f"/shows/shw_{missing}"),
        (f"/shows/{show.reference}", "/shows/%00"),
    ]:
        foreign, absent = stranger.get(theirs), stranger.get(nobodys)
        assert foreign.status_code == absent.status_code == 404
        assert foreign.data == absent.data
    assert paid not in stranger.get("/orders").text


def test_two_houses_see_their_own_newest_orders(
    app: Any, owner: Browser, neighbour: Tenant, paid: str
) -> None:
    number = orders.get_by_reference(paid).number

    assert number in owner.get("/newest-orders").text
    assert number not in sign_in(app, neighbour).get("/newest-orders").text


def test_a_payment_twice_a_day_is_counted_twice(owner: Browser, paid: str, show: Any) -> None:
    world.pay(world.place(show, 3).reference)

    page = owner.get("/").text

    assert "€125.00" in page
    assert "5 tickets · 2 orders" in page
