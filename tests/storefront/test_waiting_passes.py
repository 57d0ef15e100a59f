"""The pass to buy: for who was called, for one order, never in an address for long."""

import re
from datetime import timedelta

import pytest

from core import clock, orders, tenancy, waitingroom
from core.database import transaction
from core.waitingroom import Holder
from tests import world
from tests.browsing import Browser
from tests.storefront.conftest import sign_in
from tests.storefront.waiting import call_all, come_in, join, number_of, order, page
from tests.waitingroom import line


@pytest.fixture
def room(reseller):
    return line.opened(capacity=50)


def pass_of(room, holder):
    waitingroom.join(room, holder)
    call_all(room)
    return waitingroom.claim(room, holder).pass_token


def reference_in(answer):
    return re.search(r"ord_[0-9a-z]{26}", answer.headers["Location"]).group()


def test_who_is_called_comes_in_and_chooses(browser, room):
    join(browser, room)
    call_all(room)
    called = browser.get(page(room, "place")).text

    answer = browser.post(page(room, "passes"), seen_on=page(room, "place"))

    assert "It is your turn" in called
    assert (answer.status_code, answer.headers["Location"]) == (303, page(room))
    shown = browser.get(page(room)).text
    assert "Your turn: choose your tickets until" in shown
    assert "Get tickets" in shown
    assert "You are in" in browser.get(page(room, "place")).text


def test_who_is_not_called_stays_in_line(browser, room):
    line.join_all(room, range(3))
    with transaction():
        waitingroom.pause(line.show_of(room), reason="a breath")
    room = line.again(room)
    join(browser, room)
    token = re.search('csrf_token" value="([^"]+)"', browser.get("/sign-in").text).group(1)

    answer = browser.post(page(room, "passes"), data={"csrf_token": token})

    assert answer.headers["Location"] == page(room, "place")
    assert number_of(browser, room) == 4
    assert browser.get(page(room)).status_code == 302


def test_a_pass_is_claimed_with_the_token_of_the_form(browser, room):
    join(browser, room)
    call_all(room)

    assert browser.post(page(room, "passes")).status_code == 400


def test_a_pass_in_an_address_becomes_a_cookie(ada, room):
    given = pass_of(room, Holder.account("ada@example.org"))

    answer = ada.get(f"{page(room)}?pass={given}")

    assert (answer.status_code, answer.headers["Location"]) == (303, page(room))
    assert "Your turn" in ada.get(page(room)).text


@pytest.mark.parametrize("whose", ["another holder", "another show", "nobody", "next door"])
def test_a_pass_of_somebody_else_is_dropped_with_a_word(ada, room, neighbour, whose):
    holder = Holder.account("ada@example.org")
    if whose == "next door":
        with tenancy.bound_to(neighbour):
            given = pass_of(line.opened(), holder)
    else:
        given = {
            "another holder": lambda: pass_of(room, Holder.account("ben@example.org")),
            "another show": lambda: pass_of(line.opened(), holder),
            "nobody": lambda: "%00nonsense",
        }[whose]()

    answer = ada.get(f"{page(room)}?pass={given}")

    assert answer.status_code == 303
    assert "pass=" not in answer.headers["Location"]
    assert "That link could not be used" in ada.get(answer.headers["Location"]).text
    assert ada.get(page(room)).status_code == 302


def test_a_pass_buys_one_order_and_the_place_says_so(browser, room):
    come_in(browser, room)
    bought = order(browser, room)

    shown = browser.get(page(room, "place")).text
    again = browser.get(page(room))

    reference = reference_in(bought)
    assert orders.get_by_reference(reference).place
    assert f"/orders/{reference}" in shown
    assert "Join again at the end" in shown
    assert again.headers["Location"] == page(room, "place")
    join(browser, room)
    assert number_of(browser, room) == 2


def test_a_form_that_is_sent_again_finds_its_order(browser, room):
    come_in(browser, room)
    shown = browser.get(page(room)).text
    fields = dict(re.findall(r'name="(csrf_token|order_key)" value="([^"]+)"', shown))
    fields[re.search(r'name="(quantity-[^"]+)"', shown).group(1)] = "1"

    first, second = (browser.post(page(room, "orders"), data=fields) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]


def test_without_a_pass_nothing_is_ordered_and_what_was_chosen_is_kept(browser, room):
    answer = order(browser, room, "3", seen_on="/sign-in")

    assert answer.status_code == 303
    assert "Please wait for your turn" in browser.get(answer.headers["Location"]).text
    come_in(browser, room)
    assert re.search(r'name="quantity-[^>]*value="3"', browser.get(page(room)).text)


def test_a_pass_that_is_over_says_when_it_ended_and_leads_back_to_the_line(
    browser, room, monkeypatch
):
    come_in(browser, room)
    later = clock.now() + timedelta(seconds=waitingroom.PASS_SECONDS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)

    answer = order(browser, room, "2", seen_on="/sign-in")

    assert (answer.status_code, answer.headers["Location"]) == (303, page(room, "place"))
    shown = browser.get(page(room, "place")).text
    assert re.search(r"Your time ended at \d\d:\d\d", shown)
    assert "nothing was charged" in shown
    assert "Join again at the end" in shown


def test_an_order_that_was_let_go_gives_the_pass_back(browser, room):
    come_in(browser, room)
    reference = reference_in(order(browser, room))
    browser.post(f"/orders/{reference}/cancellation", seen_on=f"/orders/{reference}/payment")

    assert "You are in" in browser.get(page(room, "place")).text
    assert order(browser, room).status_code == 303


def test_who_waited_as_an_account_buys_for_its_own_address(ada, room):
    come_in(ada, room)
    reference = reference_in(order(ada, room))
    path = f"/orders/{reference}/payment?step=details"

    answer = ada.post(
        f"/orders/{reference}/customer",
        seen_on=path,
        data={"name": "Ben", "email": "ben@example.org"},
    )

    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert orders.get_by_reference(reference).email == "ada@example.org"


def test_a_pass_that_was_copied_is_worth_nothing(app, reseller, browser, room):
    come_in(browser, room)
    thief = Browser(app, reseller)
    for cookie in browser.client._cookies.values():
        if cookie.key.startswith("pass-"):
            thief.client.set_cookie(cookie.key, cookie.value, domain=thief.host)

    assert thief.get(page(room)).status_code == 302
    assert order(thief, room, seen_on="/sign-in").headers["Location"].endswith("notice=turn")


def test_a_pass_that_is_none_leads_back_to_the_line(browser, room):
    come_in(browser, room)
    mine = [each for each in browser.client._cookies.values() if each.key.startswith("pass-")]
    for cookie in mine:
        browser.client.set_cookie(cookie.key, "nonsense", domain=browser.host)

    answer = order(browser, room, seen_on="/sign-in")

    assert len(mine) == 1
    assert (answer.status_code, answer.headers["Location"]) == (303, page(room, "place"))


def test_a_guest_that_was_admitted_may_sign_in(browser, room):
    world.add_customer()
    come_in(browser, room)

    sign_in(browser)

    assert "Your turn" in browser.get(page(room)).text
    assert order(browser, room).status_code == 303
