"""Money that comes when the hold is over."""

import pytest

from core import boxoffice, catalogue, moves, orders, payments, tickets, waitingroom
from core.database import transaction
from core.orders import PassUsed
from core.payments import stripe_gateway
from core.payments.stripe_gateway import ProviderRefund
from core.waitingroom import Holder
from tests import world
from tests.waitingroom import line

ADA = Holder.account("ada@example.org")


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


@pytest.fixture
def room(reseller):
    return line.opened()


def spent_pass(room):
    """An order under a pass, expired with its payment under way, and what Stripe will say of it."""
    place = waitingroom.join(room, ADA).id
    paid_late = world.place(line.show_of(room), 8, place=place)
    intent = world.intent_for(world.open_payment(paid_late))
    lapse(paid_late)
    boxoffice.at_the_till(orders.expire_overdue)
    return paid_late, intent, place


def settle(intent):
    return boxoffice.at_the_till(lambda: payments.settle(intent))


def cancel(order):
    boxoffice.at_the_till(lambda: orders.cancel(order, reason="by the customer"))


def pay_and_refund(order):
    world.pay(order.reference)
    refund = boxoffice.at_the_till(
        lambda: payments.refund_tickets(order, tickets.of_order(order.id), reason="ill")
    )
    given = ProviderRefund(f"re_{refund.id}", "succeeded", refund.amount_minor, None)
    boxoffice.at_the_till(lambda: payments.refunding.settle_refund(refund.id, given))
    assert world.fresh(order).state == "refunded"


@pytest.mark.parametrize("is_paid", [False, True])
def test_late_money_is_served_though_the_pass_has_bought_again(room, is_paid):
    paid_late, intent, place = spent_pass(room)
    another = world.place(line.show_of(room), 1, place=place)
    if is_paid:
        world.pay(another.reference)

    assert settle(intent) == "paid"

    assert (world.fresh(paid_late).state, paid_late.place) == ("paid", None)
    assert orders.find_by_place(place) == another
    assert {each.state for each in tickets.of_order(paid_late.id)} == {"valid"}
    assert another.number in moves.history(paid_late.id)[-1].reason
    assert settle(intent) == "settled before"


@pytest.mark.parametrize("end", [cancel, pay_and_refund])
def test_late_money_keeps_its_pass_if_what_else_it_bought_came_to_nothing(room, end):
    paid_late, intent, place = spent_pass(room)
    another = world.place(line.show_of(room), 1, place=place)
    end(another)

    assert settle(intent) == "paid"

    assert orders.find_by_place(place) == world.fresh(paid_late)
    with pytest.raises(PassUsed):
        world.place(line.show_of(room), 1, place=place)


def test_late_money_goes_back_if_the_same_pass_bought_the_last(room):
    paid_late, intent, place = spent_pass(room)
    world.place(line.show_of(room), 3, place=place)

    assert settle(intent) == "sent back"

    assert (world.fresh(paid_late).state, paid_late.place) == ("expired", place)
