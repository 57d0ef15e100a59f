"""The life of stock, its third part: refunds, asked for, settled, sent back, asked for anew."""

from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

from core import boxoffice, orders, payments, tickets
from core.database import db, transaction
from core.payments import Refund
from core.payments.refunding import settle_refund
from core.payments.stripe_gateway import ProviderRefund
from tests.boxoffice import model
from tests.boxoffice.holding import PICKS, chosen, given
from tests.boxoffice.paying import Paying

STATUSES = ("succeeded", "failed", "pending")


class GoingBack(Paying):
    @given("orders", "paid")
    @rule(number=PICKS, is_whole=st.booleans(), then=st.sampled_from([None, *STATUSES]))
    def refund(self, number: int, is_whole: bool, then: str | None) -> None:
        order, reference, stub = self.ticket(number, "paid")
        every = {(kind, n) for kind, states in order.tickets.items() for n in range(len(states))}

        def ask() -> str:
            found = orders.get_by_reference(reference)
            chosen = [t for t in tickets.of_order(found.id) if is_whole or t.id == stub.id]
            return payments.refund_tickets(found, chosen, reason="ill").state

        before = len(self.refunds)
        self.expect_of(
            order,
            lambda: self.office.refund(order, every if is_whole else {(stub.kind, stub.n)}),
            lambda: boxoffice.at_the_till(ask),
        )
        if then and len(self.refunds) > before:
            self._settle(self.refunds[-1], then)

    @given("refunds")
    @rule(number=PICKS, status=st.sampled_from(STATUSES))
    def settle_refund(self, number: int, status: str) -> None:
        self._settle(chosen(self.refunds, number, lambda each: each.state != "replaced"), status)

    def _settle(self, refund: model.Refund, status: str) -> None:
        if refund.has_come_back and status == "succeeded":
            return
        stored = self._stored(refund)
        given_back = ProviderRefund(f"re_{stored.id}", status, refund.amount_minor, None)
        self.expect(
            self.office.settle_refund(refund, status),
            lambda: boxoffice.at_the_till(lambda: settle_refund(stored.id, given_back)),
        )

    @given("refunds", "failed")
    @rule(number=PICKS)
    def ask_again(self, number: int) -> None:
        refund = chosen(self.refunds, number, lambda each: each.state == "failed")
        failed, order = self._stored(refund).reference, refund.payment.order
        reference = self.reference_of(order)

        def ask() -> str:
            return payments.ask_again(orders.get_by_reference(reference), failed).state

        self.expect_of(
            order,
            lambda: self.office.ask_again(refund),
            lambda: boxoffice.at_the_till(ask),
        )

    def _stored(self, refund: model.Refund) -> Any:
        place = self.refunds.index(refund)
        with transaction():
            return db.session.execute(
                sa.select(Refund.id, Refund.reference).order_by(Refund.id).offset(place).limit(1)
            ).one()
