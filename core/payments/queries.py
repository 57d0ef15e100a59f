"""Finding payments of the bound reseller."""

from dataclasses import dataclass

import sqlalchemy as sa

from core.database import db
from core.orders import Order
from core.payments.models import Payment, Refund
from core.payments.states import PaymentState

UNSETTLED = (PaymentState.STARTING, PaymentState.OPEN)


def find_payment(reference: str) -> Payment | None:
    return db.session.scalars(
        sa.select(Payment).where(Payment.reference == reference)
    ).one_or_none()


def find_open(order: Order) -> Payment | None:
    """The payment that is under way for an order."""
    return db.session.scalars(
        sa.select(Payment).where(Payment.order_id == order.id, Payment.state.in_(UNSETTLED))
    ).one_or_none()


def payment_of(order: Order) -> Payment | None:
    """The payment that paid an order."""
    return db.session.scalars(
        sa.select(Payment).where(Payment.order_id == order.id, Payment.is_applied)
    ).one_or_none()


def payments_of(order: Order) -> list[Payment]:
    """Every payment that was begun for an order, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)
        )
    )


def refunds_of(order: Order) -> list[Refund]:
    return list(
        db.session.scalars(sa.select(Refund).where(Refund.order_id == order.id).order_by(Refund.id))
    )


@dataclass(frozen=True)
class RefundFacts:
    order_id: int
    amount_minor: int
    pays_back_order: bool
    """Or money that never paid an order: it came too late, or twice."""


def get_refund(refund_id: int) -> RefundFacts:
    row = db.session.execute(
        sa.select(Refund.order_id, Refund.amount_minor, Payment.is_applied)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.id == refund_id)
    ).one()
    return RefundFacts(row.order_id, row.amount_minor, row.is_applied)
