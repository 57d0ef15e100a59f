"""What Stripe says becomes true here: once, in any order, and never to the cent less."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import stripe

from core import boxoffice, catalogue, ledger, orders, payments, tickets
from core.database import db, engine, transaction
from core.errors import Conflict
from core.events import doorbell
from core.fees import Plan
from core.ledger import Entry, Posting
from core.payments import stripe_gateway
from core.payments.models import Payment, Refund
from core.payments.stripe_gateway import ProviderRefund
from tests import world
from tests.world import open_payment

PLAN = Plan("fee_x", 250, 49, 49, 995, 100)


def settle(payment, status="succeeded", **facts):
    intent = world.intent_for(payment, status, **facts)
    return boxoffice.at_the_till(lambda: payments.settle(intent))


def lapse(order):
    with transaction():
        order.expires_at = order.placed_at


def refunds():
    return list(db.session.scalars(sa.select(Refund)))


def test_paying_makes_the_tickets_valid(show, order):
    payment = open_payment(order)

    assert settle(payment) == "paid"

    assert world.fresh(order).state == "paid"
    assert order.invoice_number == 1
    assert [each.state for each in tickets.of_order(order.id)] == ["valid", "valid"]
    seen = catalogue.ticket_types(show)[0]
    assert (seen.held, seen.sold) == (0, 2)


def test_a_duplicate_notice_changes_nothing(order):
    payment = open_payment(order)
    settle(payment)
    before = ledger.balances()

    assert settle(payment) == "settled before"
    assert ledger.balances() == before


def test_the_books_after_a_sale(show):
    order = world.place(show, 2, plan=PLAN)
    settle(open_payment(order))

    # 2 × 25.00: 2.5 % is 1.25, and 0.49 on each, is 2.23; the storefront is 1 % more.
    assert ledger.balances() == {
        ("stripe_clearing", "EUR"): 5000 - 100,
        ("unapplied", "EUR"): 0,
        ("payment_cost", "EUR"): 0,
        ("platform_fee", "EUR"): -223,
        ("storefront_fee", "EUR"): -50,
        ("payable_pending", "EUR"): -(5000 - 223 - 50 - 100),
    }


def test_a_late_payment_takes_the_tickets_up_again(show, order):
    payment = open_payment(order)
    lapse(order)
    boxoffice.at_the_till(orders.expire_overdue)

    assert settle(payment) == "paid"

    assert world.fresh(order).state == "paid"
    assert catalogue.ticket_types(show)[0].sold == 2
    assert refunds() == []


def test_a_payment_that_is_late_and_sold_out_goes_back(show, order):
    payment = open_payment(order)
    lapse(order)
    world.place(show, 5)
    world.place(show, 4)

    assert settle(payment) == "sent back"

    assert world.fresh(order).state == "expired"
    assert [each.amount_minor for each in refunds()] == [5000]
    assert ledger.balances()["unapplied", "EUR"] == -5000


def test_a_payment_for_a_cancelled_order_goes_back(order):
    payment = open_payment(order)
    boxoffice.at_the_till(lambda: orders.cancel(order, reason="by the customer"))

    assert settle(payment) == "sent back"
    assert world.fresh(order).state == "cancelled"


def test_a_wrong_amount_goes_back_and_pays_nothing(order):
    payment = open_payment(order)

    assert settle(payment, received_minor=1) == "sent back"

    assert world.fresh(order).state == "held"
    assert [each.amount_minor for each in refunds()] == [1]


def test_a_wrong_currency_pays_nothing(order):
    payment = open_payment(order)

    assert settle(payment, currency="USD") == "sent back"
    assert world.fresh(order).state == "held"


def test_an_intent_that_is_not_the_payment_s_own_is_stray(order):
    payment = open_payment(order)

    assert settle(payment, id="pi_somebody_else_s") == "not ours"
    assert world.fresh(order).state == "held"


def test_a_declined_card_is_told_and_can_be_followed_by_a_good_one(order):
    payment = open_payment(order)

    why = "Your card was declined."
    assert settle(payment, "requires_payment_method", failure=why) == "declined"
    assert world.fresh(payment).failure == why
    assert settle(payment) == "paid"
    assert world.fresh(payment).failure is None


def test_notices_out_of_order_end_the_same(order):
    payment = open_payment(order)
    settle(payment)

    assert settle(payment, "requires_payment_method", failure="Declined.") != "paid"
    assert world.fresh(order).state == "paid"


def test_an_order_has_one_open_payment(order):
    first = open_payment(order)
    with transaction():
        again = payments.find_open(order)

    assert again.id == first.id
    with pytest.raises(sa.exc.IntegrityError), transaction():
        db.session.add(Payment(order_id=order.id, amount_minor=1, currency="EUR"))


def test_a_paid_order_cannot_be_paid_again(order):
    settle(open_payment(order))

    with pytest.raises(Conflict, match="paid already"):
        payments.start(order.reference)


def test_a_hold_that_is_over_cannot_be_paid(order):
    lapse(order)

    with pytest.raises(Conflict, match="on sale again"):
        payments.start(order.reference)


def test_refunding_a_ticket_voids_it_and_gives_the_fees_back(show):
    order = world.place(show, 2, plan=PLAN)
    settle(open_payment(order))
    one = tickets.of_order(order.id)[:1]
    boxoffice.at_the_till(lambda: payments.refund_tickets(orders.get(order.id), one, reason="ill"))
    refund = refunds()[0]
    given = payments.stripe_gateway.ProviderRefund("re_1", "succeeded", 2500, None)
    boxoffice.at_the_till(lambda: payments.refunding.settle_refund(refund.id, given))

    assert [each.state for each in tickets.of_order(order.id)] == ["void", "valid"]
    assert world.fresh(catalogue.ticket_types(show)[0]).sold == 1
    assert ledger.balances()["platform_fee", "EUR"] == -(223 - 112)
    assert order.state == "paid"


def test_refunding_everything_ends_the_order_and_the_books_at_the_payment_cost(show):
    order = world.place(show, 2, plan=PLAN)
    settle(open_payment(order))
    for number, ticket in enumerate(tickets.of_order(order.id)):
        boxoffice.at_the_till(
            lambda t=ticket: payments.refund_tickets(orders.get(order.id), [t], reason="ill").id
        )
        given = payments.stripe_gateway.ProviderRefund(f"re_{number}", "succeeded", 2500, None)
        refund = refunds()[-1]
        boxoffice.at_the_till(lambda i=refund.id, g=given: payments.refunding.settle_refund(i, g))

    assert world.fresh(order).state == "refunded"
    left = {account: minor for (account, _), minor in ledger.balances().items() if minor}
    assert left == {"stripe_clearing": -100, "payable_pending": 100}


def test_no_more_goes_back_than_came_in(order):
    settle(open_payment(order))
    payment = payments.payment_of(orders.get(order.id))

    with pytest.raises(Conflict):
        boxoffice.at_the_till(
            lambda: payments.request_refund(payment, amount_minor=5001, reason="too much")
        )


def test_the_database_refuses_an_entry_that_does_not_balance(reseller):
    entry = Entry(source="x", memo="x", currency="EUR", actor="test")
    db.session.add(entry)
    db.session.flush()
    db.session.add_all(
        Posting(entry_id=entry.id, account="unapplied", amount_minor=minor) for minor in (100, -99)
    )

    with pytest.raises(sa.exc.IntegrityError, match="does not balance"):
        db.session.commit()
    db.session.rollback()


def test_an_entry_without_postings_is_refused(reseller):
    with pytest.raises(sa.exc.IntegrityError, match="no postings"), transaction():
        db.session.add(Entry(source="x", memo="x", currency="EUR", actor="test"))


def test_the_cost_is_booked_when_stripe_tells_it_later(order):
    payment = open_payment(order)
    settle(payment, cost_minor=None)
    assert ledger.balances()["stripe_clearing", "EUR"] == 5000

    assert settle(payment) == "cost known"

    assert ledger.balances()["stripe_clearing", "EUR"] == 4900
    assert ledger.balances()["payable_pending", "EUR"] == -4900
    assert settle(payment) == "settled before"


def test_a_capture_in_another_currency_goes_back_in_that_currency(order):
    settle(open_payment(order), currency="USD", cost_minor=None)
    refund = refunds()[0]
    settle_refund(refund, "succeeded")

    assert {key: minor for key, minor in ledger.balances().items() if minor} == {}
    assert refund.currency == "USD"


def settle_refund(refund, status, **facts):
    given = ProviderRefund(
        **{
            "id": f"re_{refund.id}",
            "status": status,
            "amount_minor": refund.amount_minor,
            "failure": None,
            **facts,
        }
    )
    refund_id = refund.id
    return boxoffice.at_the_till(lambda: payments.refunding.settle_refund(refund_id, given))


def refund_one(order):
    one = tickets.of_order(order.id)[:1]
    boxoffice.at_the_till(
        lambda: payments.refund_tickets(orders.get(order.id), one, reason="ill").id
    )
    return refunds()[-1]


def test_a_refund_that_the_bank_sends_back_is_booked_back(order):
    settle(open_payment(order))
    before = ledger.balances()
    refund = refund_one(order)
    settle_refund(refund, "succeeded")

    assert settle_refund(refund, "failed", failure="lost_or_stolen_card") == "refund failed"

    assert ledger.balances() == before
    assert world.fresh(refund).provider_id == f"re_{refund.id}"


def test_a_refund_that_failed_can_be_asked_for_anew(order):
    settle(open_payment(order))
    settle_refund(refund_one(order), "failed", id=None, failure="no")
    payment = payments.payment_of(orders.get(order.id))

    anew = boxoffice.at_the_till(
        lambda: payments.request_refund(payment, amount_minor=2500, reason="again").reference
    )

    assert anew


def test_stripe_has_the_last_word_on_a_refund(order):
    settle(open_payment(order))
    refund = refund_one(order)
    settle_refund(refund, "failed", id=None, failure="we thought so")

    assert settle_refund(refund, "succeeded") == "refunded"
    assert settle_refund(refund, "succeeded") == "nothing new"


@pytest.mark.parametrize(
    "error",
    [
        stripe.APIConnectionError("slow"),
        stripe.RateLimitError("slowly", http_status=429),
        stripe.APIError("key in use", http_status=409),
        stripe.APIError("broken", http_status=500),
        stripe.AuthenticationError("wrong key", http_status=401),
        stripe.PermissionError("may not", http_status=403),
    ],
)
def test_an_answer_that_decides_nothing_leaves_the_refund_as_it_is(order, error, monkeypatch):
    settle(open_payment(order))
    refund = refund_one(order)

    def fail(**_):
        return stripe_gateway._ask(lambda: (_ for _ in ()).throw(error))

    monkeypatch.setattr(stripe_gateway, "create_refund", fail)
    with pytest.raises(stripe_gateway.GatewayDown):
        payments.submit_refund(refund.id)

    assert world.fresh(refund).state == "requested"


def test_a_payment_that_stripe_refuses_is_given_up_in_words(order, monkeypatch):
    def refuse(**_):
        raise stripe_gateway.GatewayRefused("Amount must be at least 50 cents.")

    monkeypatch.setattr(stripe_gateway, "create_intent", refuse)
    with pytest.raises(Conflict, match="does not take this payment"):
        payments.start(order.reference)

    assert payments.find_open(order) is None


def test_an_old_refund_is_looked_for_before_it_is_made(order, monkeypatch):
    settle(open_payment(order))
    refund = refund_one(order)
    with transaction():
        refund.requested_at = refund.requested_at - timedelta(days=2)
    found = ProviderRefund("re_old", "succeeded", 2500, None, refund.reference)
    monkeypatch.setattr(stripe_gateway, "find_refund", lambda **_: found)
    monkeypatch.setattr(stripe_gateway, "create_refund", None)

    payments.submit_refund(refund.id)

    assert world.fresh(refund).state == "succeeded"


def test_the_bell_rings_when_the_event_can_be_read(order, reseller, monkeypatch):
    seen = []

    def ring():
        with engine("main").begin() as connection:
            connection.exec_driver_sql(f'SET LOCAL search_path TO "{reseller.schema_name}"')
            connection.exec_driver_sql(f'SET LOCAL ROLE "{reseller.schema_name}"')
            found = connection.exec_driver_sql("SELECT type FROM events WHERE type = 'order.paid'")
            seen.append(found.all())

    payment = open_payment(order)
    monkeypatch.setattr(doorbell, "ring", ring)
    settle(payment)

    assert seen == [[("order.paid",)]]


def test_a_failed_refund_is_asked_for_again_once(order):
    settle(open_payment(order))
    failed = refund_one(order)
    settle_refund(failed, "failed", id=None, failure="more than is left")
    reference = failed.reference

    boxoffice.at_the_till(lambda: payments.ask_again(orders.get(order.id), reference).reference)

    assert [each.state for each in refunds()] == ["replaced", "requested"]
    with pytest.raises(Conflict):
        boxoffice.at_the_till(lambda: payments.ask_again(orders.get(order.id), reference).reference)


def test_an_answer_that_stripe_keeps_as_broken_does_not_block_the_next_try(order, monkeypatch):
    def broke(**_):
        raise stripe_gateway.GatewayBroke("500")

    monkeypatch.setattr(stripe_gateway, "create_intent", broke)
    with pytest.raises(stripe_gateway.GatewayDown):
        payments.start(order.reference)
    assert payments.find_open(order) is None
    keys = []

    def works(*, key, **_):
        keys.append(key)
        return world.intent_for(payments.find_payment(key), "requires_payment_method")

    monkeypatch.setattr(stripe_gateway, "create_intent", works)
    assert payments.start(order.reference).state == "open"
    assert len(keys) == 1


def test_one_payment_that_stripe_never_answers_for_stops_no_other(show, monkeypatch):
    bad, good = open_payment(world.place(show, 1)), open_payment(world.place(show, 1))
    bad_id, good_id = bad.intent_id, good.intent_id
    paid = world.intent_for(good)
    with transaction():
        db.session.execute(
            sa.update(Payment).values(checked_at=Payment.checked_at - timedelta(hours=1))
        )

    def fetch(intent_id):
        if intent_id == bad_id:
            raise stripe_gateway.GatewayDown("no answer")
        assert intent_id == good_id
        return paid

    monkeypatch.setattr(stripe_gateway, "fetch_intent", fetch)

    payments.reconcile()

    assert world.fresh(good).state == "succeeded"


def test_an_order_that_was_paid_a_moment_ago_cannot_be_let_go(order, monkeypatch):
    payment = open_payment(order)
    paid = world.intent_for(payment)

    def too_late(_):
        raise stripe_gateway.GatewayRefused("has succeeded")

    monkeypatch.setattr(stripe_gateway, "cancel_intent", too_late)
    monkeypatch.setattr(stripe_gateway, "fetch_intent", lambda _: paid)

    with pytest.raises(payments.PaymentUnderWay):
        payments.stop(order.reference)
    assert world.fresh(order).state == "paid"


def test_letting_go_stops_the_payment_first(order, monkeypatch):
    payment = open_payment(order)
    cancelled = world.intent_for(payment, "canceled")
    monkeypatch.setattr(stripe_gateway, "cancel_intent", lambda _: cancelled)

    payments.stop(order.reference)

    assert world.fresh(payment).state == "cancelled"


def test_a_refusal_is_told_without_stripe_s_request_number():
    error = stripe.InvalidRequestError("Charge has been refunded.", None, http_status=400)
    error.request_id = "req_1"

    def refuse():
        raise error

    with pytest.raises(stripe_gateway.GatewayRefused) as told:
        stripe_gateway._ask(refuse)

    assert str(told.value) == "Charge has been refunded."
