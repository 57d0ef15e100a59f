"""A customer at a storefront, up to the payment."""

import re
from datetime import timedelta

import pytest

from core import boxoffice, catalogue, orders
from core.database import transaction
from tests import world
from tests.browsing import Browser


def field(show):
    return f"quantity-{catalogue.ticket_types(show)[0].reference}"


def buy(browser, show, quantity="2"):
    page = f"/shows/{show.slug}"
    return browser.post(f"{page}/orders", seen_on=page, data={field(show): quantity})


def held(show):
    return world.fresh(catalogue.ticket_types(show)[0]).held


def test_the_list_names_every_show(browser, show):
    page = browser.get("/")

    assert page.status_code == 200
    assert show.title in page.text


def test_an_empty_storefront_says_so(browser):
    page = browser.get("/")

    assert page.status_code == 200
    assert "<main" in page.text


def test_a_show_has_its_poster(browser, show):
    answer = browser.get(f"/shows/{show.slug}/poster.svg")

    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"


def test_choosing_tickets_leads_to_the_checkout(browser, show):
    answer = buy(browser, show)

    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "€50.00" in page.text


def test_tickets_are_held_while_the_customer_pays(browser, show):
    buy(browser, show)

    assert held(show) == 2


@pytest.mark.parametrize(
    "quantity", ["0", "", "-1", "1.5", "1,5", "two", "9", "101", "999999999999", "1e9", "٣", "\x00"]
)
def test_a_quantity_that_cannot_be_bought_is_refused_in_words(browser, show, quantity):
    answer = buy(browser, show, quantity)

    assert answer.status_code == 422, answer.text[:500]
    assert held(show) == 0


def test_more_than_is_left_is_refused_in_words(browser, show):
    world.place(show, 8)

    answer = buy(browser, show, "5")

    assert answer.status_code == 409
    assert "only 2 left" in answer.text


def test_a_form_without_its_token_changes_nothing(browser, show):
    answer = browser.post(f"/shows/{show.slug}/orders", data={field(show): "1"})

    assert answer.status_code == 400
    assert held(show) == 0


def test_a_ticket_type_of_another_show_is_refused(browser, show):
    other = world.add_show(title="Another evening")
    page = f"/shows/{show.slug}"

    answer = browser.post(f"{page}/orders", seen_on=page, data={field(other): "1"})

    assert answer.status_code == 422


@pytest.mark.parametrize("slug", ["no-such-show", "%00", "%F0%9F%8E%AB", "x" * 2000, "..%2f"])
def test_a_show_that_is_not_there_is_not_found(browser, slug):
    assert browser.get(f"/shows/{slug}").status_code == 404


def test_a_draft_is_not_found(browser):
    draft = world.add_show(title="Secret", is_published=False)

    assert browser.get(f"/shows/{draft.slug}").status_code == 404


def test_the_shop_next_door_has_no_such_order(app, browser, order, neighbour):
    next_door = Browser(app, neighbour)

    assert browser.get(f"/orders/{order.reference}/payment").status_code == 200
    assert next_door.get(f"/orders/{order.reference}/payment").status_code == 404


@pytest.mark.parametrize(
    "path", ["/orders/ord_short", "/orders/x", "/orders/%00", "/orders/tkt_" + "0" * 26]
)
def test_an_order_that_cannot_be_is_not_found(browser, path):
    assert browser.get(path).status_code == 404


def test_a_customer_gives_name_and_address(browser, show):
    checkout = buy(browser, show).headers["Location"]
    reference = checkout.split("/")[2]

    answer = browser.post(
        f"/orders/{reference}/customer",
        seen_on=checkout,
        data={"name": "Ada Lovelace", "email": "ada@example.org"},
    )

    # Nobody is at Stripe's end in this test: the details are kept, the tickets too.
    assert answer.status_code == 503
    assert "still kept for you" in answer.text
    assert orders.get_by_reference(reference).email == "ada@example.org"


def test_what_cannot_be_seen_is_left_out_of_a_name(browser, show):
    checkout = buy(browser, show).headers["Location"]
    reference = checkout.split("/")[2]
    name = "Ada\x00 \u202eLovelace\n"

    browser.post(
        f"/orders/{reference}/customer",
        seen_on=checkout,
        data={"name": name, "email": "ada@example.org"},
    )

    assert orders.get_by_reference(reference).name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("name", "email"),
    [("", "ada@example.org"), ("Ada", ""), ("Ada", "nonsense"), ("x" * 121, "ada@example.org")],
)
def test_details_that_cannot_be_used_are_asked_for_again(browser, show, name, email):
    checkout = buy(browser, show).headers["Location"]
    reference = checkout.split("/")[2]

    answer = browser.post(
        f"/orders/{reference}/customer", seen_on=checkout, data={"name": name, "email": email}
    )

    assert answer.status_code == 422
    assert orders.get_by_reference(reference).email is None


def test_an_order_is_let_go(browser, show):
    order = world.place(show)
    checkout = f"/orders/{order.reference}/payment"

    answer = browser.post(f"/orders/{order.reference}/cancellation", seen_on=checkout)

    assert answer.status_code == 303
    assert held(show) == 0


def test_a_hold_that_is_over_says_so(browser, show):
    order = world.place(show)
    with transaction():
        order.expires_at = order.placed_at

    page = browser.get(f"/orders/{order.reference}")

    assert page.status_code == 200
    assert "payment-element" not in page.text


def test_signing_in_shows_own_orders_only(app, browser, show):
    customer = world.add_customer()
    mine = world.place(show, 1, customer_id=customer.id)
    other = world.place(show, 1)
    answer = browser.post(
        "/sign-in",
        seen_on="/sign-in",
        data={"email": "ada@example.org", "password": world.PASSWORD},
    )
    assert answer.status_code == 303

    page = browser.get("/my-tickets")

    assert mine.number in page.text
    assert other.number not in page.text


def test_a_wrong_password_is_told_without_saying_what_was_wrong(browser):
    world.add_customer()
    answers = [
        browser.post("/sign-in", seen_on="/sign-in", data={"email": email, "password": "x" * 12})
        for email in ("ada@example.org", "nobody@example.org")
    ]

    assert [each.status_code for each in answers] == [422, 422]
    assert "do not belong together" in answers[0].text


def test_a_body_that_is_too_large_is_refused(browser, show):
    answer = browser.open(
        f"/shows/{show.slug}/orders", method="POST", data={"csrf_token": "x" * 300_000}
    )

    assert answer.status_code == 413


def test_who_comes_back_from_paying_waits_for_the_money_to_be_certain(browser, order):
    world.open_payment(order)

    page = browser.get(f"/orders/{order.reference}?redirect_status=succeeded")

    assert page.status_code == 200
    assert "Confirming your payment" in page.text
    assert "every 2s" in page.text


def test_an_earlier_refusal_is_forgotten_once_the_browser_has_paid(browser, order):
    world.open_payment(order, failure="Your card was declined.")

    page = browser.get(f"/orders/{order.reference}?redirect_status=succeeded")

    assert "Confirming your payment" in page.text
    assert "declined" not in page.text


def test_who_comes_back_from_a_refusal_pays_again(browser, order):
    world.open_payment(order, failure="Your card was declined.")

    answer = browser.get(f"/orders/{order.reference}?redirect_status=failed")

    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"])
    assert "Your card was declined." in page.text


def test_nothing_is_swapped_while_nothing_changes(browser, order):
    world.open_payment(order)

    answer = browser.get(f"/orders/{order.reference}/status?seen=processing")

    assert answer.status_code == 204


def test_a_field_that_is_sent_twice_is_refused(browser, show):
    page = f"/shows/{show.slug}"
    answer = browser.post(f"{page}/orders", seen_on=page, data={field(show): ["1", "2"]})

    assert answer.status_code == 422
    assert held(show) == 0


def test_a_form_that_is_sent_again_after_its_order_was_let_go_is_a_new_order(browser, show):
    page = browser.get(f"/shows/{show.slug}").text
    fields = dict(re.findall(r'name="(csrf_token|order_key)" value="([^"]+)"', page))
    path, wish = f"/shows/{show.slug}/orders", {**fields, field(show): "1"}
    first = browser.post(path, data=wish).headers["Location"]
    assert browser.post(path, data=wish).headers["Location"] == first
    reference = first.split("/")[2]
    boxoffice.at_the_till(
        lambda: orders.cancel(orders.get_by_reference(reference), reason="by the customer")
    )

    second = browser.post(path, data=wish).headers["Location"]

    assert second != first
    assert held(show) == 1


@pytest.mark.parametrize(("age", "is_printing"), [(0, True), (2, False)])
def test_a_page_does_not_say_for_ever_that_tickets_are_being_printed(
    browser, order, age, is_printing
):
    world.pay(order.reference)
    with transaction():
        order.paid_at = order.placed_at - timedelta(days=age)

    page = browser.get(f"/orders/{order.reference}").text

    assert ("Printing your tickets" in page) is is_printing
