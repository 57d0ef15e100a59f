"""A refund that the bank sends back, and what is asked for in its place."""

import pytest
import sqlalchemy as sa

from core import audit, boxoffice, ledger, orders, payments, tickets
from core.database import db, transaction
from core.payments import Refund, stripe_gateway
from core.payments.stripe_gateway import ProviderRefund
from tests import world


@pytest.fixture
def paid(order, monkeypatch):
    """Two tickets, paid for."""

    def make(*, key, amount_minor, currency, **_):
        asked = payments.find_payment(key)
        return world.intent_for(asked, "requires_payment_method")

    monkeypatch.setattr(stripe_gateway, "create_intent", make)
    intent = world.intent_for(payments.start(order.reference))
    boxoffice.at_the_till(lambda: payments.settle(intent))
    return order


def settle_newest(status):
    with transaction():
        refund = db.session.scalars(sa.select(Refund).order_by(Refund.id.desc())).first()
        refund_id, amount_minor = refund.id, refund.amount_minor
    given = ProviderRefund(f"re_{refund_id}", status, amount_minor, None)
    return boxoffice.at_the_till(lambda: payments.refunding.settle_refund(refund_id, given))


def refund_all_and_have_it_come_back(paid):
    def refund_all():
        order = orders.get(paid.id)
        payments.refund_tickets(order, tickets.of_order(order.id), reason="ill")

    boxoffice.at_the_till(refund_all)
    settle_newest("succeeded")
    settle_newest("failed")


def test_an_order_that_all_went_back_of_can_have_a_refund_asked_for_again(paid):
    refund_all_and_have_it_come_back(paid)
    failed = payments.refunds_of(paid)[0].reference
    boxoffice.at_the_till(lambda: payments.ask_again(orders.get(paid.id), failed).reference)

    assert settle_newest("succeeded") == "refunded"

    assert world.fresh(paid).state == "refunded"
    assert [each.state for each in payments.refunds_of(paid)] == ["replaced", "succeeded"]
    assert audit.look() == []


def test_what_came_back_is_owed_again(paid):
    refund_all_and_have_it_come_back(paid)

    (earned,) = ledger.earnings()
    assert earned.refunds_minor == 0
    assert earned.net_minor == earned.owed_minor
