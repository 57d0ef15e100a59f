"""Money that comes when the hold is over."""

from core import boxoffice, catalogue, orders, payments
from core.database import transaction
from core.payments import stripe_gateway
from tests import world


def lapse(order):
    with transaction():
        order.expires_at = order.placed_at


def test_a_hold_that_is_over_too_does_not_stand_in_the_way_of_late_money(show, monkeypatch):
    def make(*, key, amount_minor, currency, **_):
        return world.intent_for(payments.find_payment(key), "requires_payment_method")

    monkeypatch.setattr(stripe_gateway, "create_intent", make)
    paid_late = world.place(show, 8)
    intent = world.intent_for(payments.start(paid_late.reference))
    lapse(paid_late)
    boxoffice.at_the_till(orders.expire_overdue)
    never_paid = world.place(show, 8)
    lapse(never_paid)

    assert boxoffice.at_the_till(lambda: payments.settle(intent)) == "paid"

    assert world.fresh(paid_late).state == "paid"
    assert never_paid.state == "expired"
    seen = catalogue.ticket_types(show)[0]
    assert (seen.held, seen.sold) == (0, 8)
