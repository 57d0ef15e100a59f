"""A paused reseller sells nothing, and keeps its word to those who have bought."""

import pytest

from core import orders
from core.tenancy import ResellerState
from tests import world
from tests.browsing import Browser
from tests.storefront.conftest import field, held, mark, sign_in


@pytest.fixture
def paid(show):
    """Reference of a paid order of Ada's account."""
    customer_id = world.add_customer().id
    reference = world.place(show, customer_id=customer_id).reference
    world.pay(reference)
    return reference


@pytest.fixture
def paused(reseller, show, paid):
    mark(reseller, ResellerState.PAUSED)


@pytest.mark.parametrize("path", ["/", "/shows/{slug}"])
def test_the_shop_window_says_that_it_is_closed_for_now(browser, show, paused, path):
    page = browser.get(path.format(slug=show.slug))

    assert page.status_code == 503
    assert "closed for now" in page.text
    assert "Sign in" in page.text
    assert "See all shows" not in page.text
    assert int(page.headers["Retry-After"]) >= 60


def test_nothing_is_sold(browser, show, reseller):
    order = world.place(show)
    reference = order.reference
    token = browser.get(f"/orders/{reference}/payment").text
    mark(reseller, ResellerState.PAUSED)
    tokens = {"csrf_token": token.partition('name="csrf_token" value="')[2].partition('"')[0]}

    for path, fields in [
        (f"/shows/{show.slug}/orders", {field(show): "1"}),
        (f"/orders/{reference}/customer", {"name": "Grace", "email": "grace@example.org"}),
        (f"/orders/{reference}/payment", {}),
    ]:
        answer = browser.post(path, data={**fields, **tokens})
        assert (answer.status_code, "closed for now" in answer.text) == (503, True), path
    assert browser.get(f"/orders/{reference}/payment").status_code == 503
    assert held(show) == 2
    assert orders.get_by_reference(reference).name == "Ada Lovelace"


def test_what_was_bought_stays_in_reach(app, reseller, show, paid, paused):
    ada = sign_in(Browser(app, reseller))

    assert "My tickets" in ada.get("/my-tickets").text
    for path, status in [
        ("/my-tickets", 200),
        (f"/orders/{paid}", 200),
        (f"/orders/{paid}/status", 200),
        (f"/orders/{paid}/calendar.ics", 200),
        (f"/orders/{paid}/tickets.pdf", 404),  # nobody prints in this test
        (f"/shows/{show.slug}/poster.svg", 200),
        ("/theme.css", 200),
    ]:
        answer = ada.get(path)
        assert answer.status_code == status, path
        assert "closed for now" not in answer.text


def test_an_order_that_is_held_can_be_read_and_let_go(browser, show, reseller):
    reference = world.place(show).reference
    mark(reseller, ResellerState.PAUSED)

    page = browser.get(f"/orders/{reference}")
    answer = browser.post(f"/orders/{reference}/cancellation", seen_on=f"/orders/{reference}")

    assert page.status_code == 200
    assert answer.status_code == 303
    assert held(show) == 0


def test_a_paused_shop_sells_again_when_it_is_opened(browser, show, reseller):
    mark(reseller, ResellerState.PAUSED)
    mark(reseller, ResellerState.OPEN)

    assert browser.get(f"/shows/{show.slug}").status_code == 200
