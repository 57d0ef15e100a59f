"""Giving a name to an order: while it is held, and not a moment longer."""

import pytest
import sqlalchemy as sa

from core import orders, tenancy, tickets
from core.database import db, transaction
from core.orders.naming import HoldEnded
from tests import world
from tests.storefront.conftest import sign_in


def name(reference, who="Grace Hopper"):
    with transaction():
        order = orders.get_by_reference(reference)
        orders.name_customer(order, name=who, email="grace@example.org")


def holders(reference):
    db.session.rollback()
    return {each.holder for each in tickets.of_order(orders.get_by_reference(reference).id)}


def lapse(reference):
    with transaction():
        db.session.execute(
            sa.update(orders.Order)
            .where(orders.Order.reference == reference)
            .values(expires_at=sa.func.clock_timestamp())
        )


def test_a_hold_that_is_over_takes_no_name(show):
    reference = world.place(show).reference
    lapse(reference)

    with pytest.raises(HoldEnded):
        name(reference)
    assert orders.get_by_reference(reference).name == "Ada Lovelace"


def test_who_is_too_late_is_told_so_in_words(browser, show):
    reference = world.place(show, name=None, email=None).reference
    page = browser.get(f"/orders/{reference}/payment").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    lapse(reference)

    answer = browser.post(
        f"/orders/{reference}/customer",
        data={"name": "Ada", "email": "ada@example.org", "csrf_token": token},
    )

    assert answer.status_code == 409
    assert "The time for this order is over" in answer.text


def test_what_was_read_before_it_was_paid_changes_nothing_after(reseller, show):
    reference = world.place(show).reference

    order = orders.get_by_reference(reference)
    assert order.state == "held"
    _pay_elsewhere(reseller, reference)

    with pytest.raises(HoldEnded):
        orders.name_customer(order, name="Grace Hopper", email="grace@example.org")

    db.session.rollback()
    assert orders.get_by_reference(reference).name == "Ada Lovelace"
    assert holders(reference) == {"Ada Lovelace"}


def _pay_elsewhere(reseller, reference):
    """In another session, as another process would."""
    with tenancy.bound_to(reseller):
        world.pay(reference)


def test_tickets_are_for_whom_the_order_is_for(show):
    reference = world.place(show).reference

    name(reference)
    assert holders(reference) == {"Grace Hopper"}
    world.pay(reference)

    assert holders(reference) == {"Grace Hopper"}
    assert orders.get_by_reference(reference).email == "grace@example.org"


def test_who_is_signed_in_can_buy_for_somebody_else(browser, show):
    customer = world.add_customer()
    sign_in(browser)
    reference = world.place(show, customer_id=customer.id).reference

    browser.post(
        f"/orders/{reference}/customer",
        seen_on=f"/orders/{reference}/payment?step=details",
        data={"name": "Grace Hopper", "email": "grace@example.org"},
    )

    assert holders(reference) == {"Grace Hopper"}
