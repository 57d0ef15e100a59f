"""The life of stock, its second part: payments, and what Stripe says of them in any order."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

from core import boxoffice, payments
from core.database import db, transaction
from core.payments import PaymentNotice, stripe_gateway
from core.payments.stripe_gateway import Notice
from tests import world
from tests.boxoffice import model
from tests.boxoffice.holding import CARTS, PICKS, Holding, chosen, given

DISPUTED = "charge.dispute.created"


@dataclass(frozen=True)
class Payment:
    """A payment by the model, and by its names here and at Stripe."""

    model: model.Payment
    reference: str
    intent_id: str

    @property
    def state(self) -> str:
        return self.model.state

    def said(self, status: str, **facts: Any) -> stripe_gateway.Intent:
        """What Stripe says of it."""
        asked = SimpleNamespace(
            reference=self.reference,
            intent_id=self.intent_id,
            amount_minor=self.model.amount_minor,
            currency=self.model.currency,
        )
        return world.intent_for(asked, status, **facts)


def intent_made(*, key: str, amount_minor: int, currency: str, **_: Any) -> stripe_gateway.Intent:
    """Stripe, asked for an intent."""
    asked = SimpleNamespace(
        reference=key, intent_id=f"pi_{key}", amount_minor=amount_minor, currency=currency
    )
    return world.intent_for(asked, "requires_payment_method")


class Paying(Holding):
    def __init__(self) -> None:
        super().__init__()
        patch = self.inside.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(stripe_gateway, "create_intent", intent_made)
        self.payments: list[Payment] = []
        self.refunds: list[model.Refund] = []
        """In the order of their ids in the database."""
        self.disputes = 0

    def payment(self, number: int) -> Payment:
        """One of those there are, likely one that can still be paid."""
        return chosen(self.payments, number, lambda each: each.state != "succeeded")

    def expect_of(
        self, order: model.Order, predict: Callable[[], str], act: Callable[[], object]
    ) -> None:
        """As `expect`, and remember the refunds that come of it."""
        before = len(order.refunds)
        self.expect(predict(), act)
        self.refunds += order.refunds[before:]

    @given("orders", "held")
    @rule(number=PICKS)
    def begin_payment(self, number: int) -> None:
        self._begin(*self.order(number, "held"))

    def _begin(self, order: model.Order, reference: str) -> None:
        before = len(order.payments)
        predicted = self.office.begin_payment(order)

        def start() -> str:
            payment = payments.start(reference)
            if len(order.payments) > before:
                assert payment.intent_id
                begun = Payment(order.payments[-1], payment.reference, payment.intent_id)
                self.payments.append(begun)
            return payment.state

        self.expect(predicted, start)

    @rule(cart=CARTS)
    def buy(self, cart: model.Cart) -> None:
        """All the way at once: chance alone seldom gets here."""
        before = len(self.references)
        self.hold_(cart)
        if len(self.references) > before:
            self._begin(self.office.orders[-1], self.references[-1])
            self._succeed(self.payments[-1])

    @given("payments")
    @rule(number=PICKS)
    def succeed(self, number: int) -> None:
        self._succeed(self.payment(number))

    @given("payments")
    @rule(number=PICKS, received_minor=st.integers(1, 20_000))
    def succeed_with_a_wrong_amount(self, number: int, received_minor: int) -> None:
        self._succeed(self.payment(number), received_minor=received_minor)

    @given("payments")
    @rule(number=PICKS)
    def succeed_in_a_wrong_currency(self, number: int) -> None:
        self._succeed(self.payment(number), currency="USD")

    def _succeed(self, payment: Payment, **wrong: Any) -> None:
        told = {"received_minor": payment.model.amount_minor, "currency": "EUR", **wrong}
        intent = payment.said("succeeded", cost_minor=model.COST_MINOR, **told)
        self.expect_of(
            payment.model.order,
            lambda: self.office.succeed(payment.model, **told),
            lambda: boxoffice.at_the_till(lambda: payments.settle(intent)),
        )

    @given("payments")
    @rule(number=PICKS)
    def cancel_payment(self, number: int) -> None:
        payment = self.payment(number)
        intent = payment.said("canceled")
        predicted = self.office.cancel_payment(payment.model)
        self.expect(predicted, lambda: boxoffice.at_the_till(lambda: payments.settle(intent)))

    @given("payments")
    @rule(number=PICKS, why=st.sampled_from(["Declined.", "Expired."]))
    def decline(self, number: int, why: str) -> None:
        payment = self.payment(number)
        intent = payment.said("requires_payment_method", failure=why)
        predicted = self.office.decline(payment.model, why)
        self.expect(predicted, lambda: boxoffice.at_the_till(lambda: payments.settle(intent)))

    @given("payments")
    @rule(number=PICKS, is_repeated=st.booleans())
    def dispute(self, number: int, is_repeated: bool) -> None:
        """The reseller is told, once a notice; stock and books do not know of it yet."""
        self.disputes += not (is_repeated and self.disputes)
        about = {"id": f"dp_{self.disputes}", "payment_intent": self.payment(number).intent_id}
        reference = f"evt_{self.disputes}"
        payload = {"id": reference, "type": DISPUTED, "data": {"object": about}}
        with transaction():
            payments.keep_notice(Notice(reference, DISPUTED, about, payload))
            notice_id = db.session.scalars(
                sa.select(PaymentNotice.id).where(PaymentNotice.reference == reference)
            ).one()
        payments.act_on_notice(notice_id)
