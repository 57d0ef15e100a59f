"""What a customer sees, and a program reads, of a payment that waits for its turn."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from core import boxoffice, orders, pacing
from core.orders import Order
from core.payments import GatewayDown, stripe_gateway
from tests import world
from tests.api.conftest import Program, key_for
from tests.boxoffice.paying import intent_made
from tests.browsing import Browser

HTMX = {"HX-Request": "true", "HX-Target": "payment"}


@pytest.fixture(autouse=True)
def stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe_gateway, "create_intent", intent_made)


@pytest.fixture
def crowd(allow: Any) -> None:
    """Many others are paying: it takes a minute and a half until anybody new may."""
    allow(1)
    for number in range(90):
        pacing.reserve(f"other {number}")


def waiting_page(browser: Browser, order: Order) -> str:
    """The page to which the customer comes that wants to pay now."""
    checkout = f"/orders/{order.reference}/payment"
    answer = browser.post(checkout, seen_on=checkout)
    assert answer.status_code == 303
    return answer.headers["Location"]


def ask_again(browser: Browser, order: Order, page: str) -> Any:
    """What the waiting page does by itself, with scripts."""
    text = browser.get(page).text
    kept_until = re.search(r'name="kept_until" value="([^"]+)"', text)
    assert kept_until
    return browser.post(
        f"/orders/{order.reference}/payment",
        seen_on=page,
        data={"kept_until": kept_until.group(1)},
        headers=HTMX,
    )


def test_who_has_to_wait_is_told_how_long_and_until_when_its_tickets_are_kept(
    browser: Browser, order: Order, crowd: None
) -> None:
    before = order.expires_at
    page = browser.get(waiting_page(browser, order))

    assert page.status_code == 200
    assert "Your payment is being prepared" in page.text
    assert 'in about <strong class="figures">2 minutes</strong>' in page.text
    kept_until = world.fresh(order).expires_at
    assert kept_until > before
    assert f'<time datetime="{kept_until.isoformat()}">' in page.text
    assert "Error" not in page.text


def test_the_page_goes_on_by_itself_with_scripts_and_without(
    browser: Browser, order: Order, crowd: None
) -> None:
    page = browser.get(waiting_page(browser, order)).text

    assert 'hx-trigger="load delay:20s, every 20s"' in page
    assert "htmx.min.js" in page
    address = f"/orders/{order.reference}/payment"
    refresh = f'<noscript><meta http-equiv="refresh" content="20;url={address}"></noscript>'
    assert refresh in page
    assert "<button" in page.partition('id="payment"')[2]


def test_loading_the_page_again_moves_nobody_back(
    browser: Browser, order: Order, crowd: None
) -> None:
    page = waiting_page(browser, order)
    extended = world.fresh(order).expires_at

    for _ in range(3):
        browser.get(page)
        waiting_page(browser, order)

    assert world.fresh(order).expires_at == extended
    assert pacing.backlog().waiting_seconds <= 91


def test_a_page_that_asks_again_gets_the_piece_that_changed(
    browser: Browser, order: Order, crowd: None
) -> None:
    page = waiting_page(browser, order)

    answer = ask_again(browser, order, page)

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="payment"')
    assert 'data-announce="It is your turn in about 2 minutes.' in answer.text


def test_when_its_turn_is_there_the_page_goes_on_to_the_payment(
    browser: Browser, order: Order, crowd: None, allow: Any
) -> None:
    page = waiting_page(browser, order)
    text = browser.get(page).text
    allow(25)  # another account: nobody is before it there

    answer = browser.post(
        f"/orders/{order.reference}/payment",
        data={"csrf_token": re.search(r'csrf_token" value="([^"]+)', text)[1]},  # type: ignore[index]
        headers=HTMX,
    )

    assert answer.headers["HX-Redirect"] == f"/orders/{order.reference}/payment"
    assert "payment-element" in browser.get(answer.headers["HX-Redirect"]).text


def test_a_hold_that_was_made_longer_meanwhile_shows_on_a_page_of_its_own(
    browser: Browser, order: Order, crowd: None, allow: Any
) -> None:
    page = waiting_page(browser, order)
    text = browser.get(page).text
    fields = dict(re.findall(r'name="(csrf_token|kept_until)" value="([^"]+)"', text))
    allow(1)
    for number in range(30):
        pacing.reserve(f"other {number}")  # as after Redis has lost the line

    answer = browser.post(f"/orders/{order.reference}/payment", data=fields, headers=HTMX)

    assert answer.headers["HX-Redirect"].startswith(f"/orders/{order.reference}/payment?wait=")


def test_an_order_that_was_let_go_meanwhile_is_shown_as_it_is(
    browser: Browser, order: Order, crowd: None
) -> None:
    page = waiting_page(browser, order)
    text = browser.get(page).text
    fields = dict(re.findall(r'name="(csrf_token|kept_until)" value="([^"]+)"', text))
    reference = order.reference
    boxoffice.at_the_till(
        lambda: orders.cancel(orders.get_by_reference(reference), reason="by the customer")
    )

    answer = browser.post(f"/orders/{reference}/payment", data=fields, headers=HTMX)

    assert "Order cancelled" in browser.get(answer.headers["HX-Redirect"]).text


def test_trouble_at_stripe_is_told_in_the_piece_as_well(
    browser: Browser, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: Any) -> Any:
        raise GatewayDown("The payment provider does not answer.")

    monkeypatch.setattr(stripe_gateway, "create_intent", away)
    checkout = f"/orders/{order.reference}/payment"

    answer = browser.post(checkout, seen_on=checkout, headers=HTMX)

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="payment"')
    assert "does not answer" in answer.text


def test_while_redis_is_away_the_page_still_says_what_was_told(
    browser: Browser, order: Order, redis_away: None
) -> None:
    page = browser.get(f"/orders/{order.reference}/payment?wait=4")

    assert 'in about <strong class="figures">4 seconds</strong>' in page.text


@pytest.mark.parametrize("wait", ["-1", "0", "x", "", "9" * 30, "1e9"])
def test_a_made_up_wait_does_no_harm(browser: Browser, order: Order, wait: str) -> None:
    assert browser.get(f"/orders/{order.reference}/payment?wait={wait}").status_code == 200


def test_a_program_is_told_when_to_come_again(
    app: Any, reseller: Any, order: Order, crowd: None
) -> None:
    program, path = Program(app, key_for(reseller)), f"/v1/orders/{order.reference}"
    before = order.expires_at

    answer = program.post(f"{path}/payment")
    again = program.post(f"{path}/payment")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.json["type"].rpartition("/")[2] == "payment_waits"
    assert 80 <= int(answer.headers["Retry-After"]) <= 91
    assert int(again.headers["Retry-After"]) <= int(answer.headers["Retry-After"])
    told = program.get(path).json["expires_at"]
    assert datetime.fromisoformat(told) > before + timedelta(seconds=79)
