"""Settling: what Stripe says about an intent becomes true here, in one transaction."""

import sqlalchemy as sa
import structlog

from core import events, ledger, orders
from core.boxoffice import SoldOut
from core.database import db
from core.ledger import Account
from core.moves import move
from core.orders import Order, TooLate
from core.payments.models import Payment
from core.payments.refunding import request_refund
from core.payments.states import PAYMENT_LIFE, PaymentState
from core.payments.stripe_gateway import Intent

log = structlog.get_logger()


def settle(intent: Intent) -> str:
    """Bring payment, order, tickets, books and log to what the intent says. Runs at the till.

    `intent` was fetched from Stripe just now, never read from a notice. Safe to repeat. Money that
    buys nothing (order gone, paid twice, wrong amount) is booked and sent back. Returns the
    outcome in a word or two, for the notice it came from.
    """
    payment = _payment_of(intent)
    if payment is None:
        log.error("payment.stray", intent=intent.id, metadata=dict(intent.metadata))
        return "not ours"
    payment.checked_at = sa.func.clock_timestamp()
    if payment.state == PaymentState.STARTING:
        move(
            PAYMENT_LIFE,
            payment,
            PaymentState.OPEN,
            reason="intent made",
            intent_id=intent.id,
            client_secret=intent.client_secret,
        )
    if intent.status == "succeeded":
        return _capture(payment, intent)
    if intent.status == "canceled" and payment.state == PaymentState.OPEN:
        move(PAYMENT_LIFE, payment, PaymentState.CANCELLED, reason="intent cancelled")
        return "cancelled"
    if intent.failure and intent.failure != payment.failure:
        payment.failure = intent.failure
        order = orders.get(payment.order_id)
        events.record("payment.failed", payment, order=order.reference, why=intent.failure)
        return "declined"
    return "nothing new"


def _payment_of(intent: Intent) -> Payment | None:
    named = Payment.reference == intent.metadata.get("payment", "")
    ours = Payment.intent_id.is_(None) | (Payment.intent_id == intent.id)
    return db.session.scalars(sa.select(Payment).where(named, ours)).one_or_none()


def _capture(payment: Payment, intent: Intent) -> str:
    if payment.state == PaymentState.SUCCEEDED:
        return "settled before"
    order = orders.get(payment.order_id)
    move(
        PAYMENT_LIFE,
        payment,
        PaymentState.SUCCEEDED,
        reason="Stripe has the money",
        charge_id=intent.charge_id,
        captured_minor=intent.received_minor,
        cost_minor=intent.cost_minor,
        failure=None,
    )
    _book_capture(payment, intent, order)
    is_as_agreed = (intent.received_minor, intent.currency) == (
        payment.amount_minor,
        payment.currency,
    )
    if not is_as_agreed:
        log.error("payment.mismatched", payment=payment.reference, intent=intent.id)
        return _send_back(payment, order, "the amount was not the order's")
    try:
        with db.session.begin_nested():
            orders.pay(order, reason=f"payment {payment.reference}")
    except SoldOut:
        return _send_back(payment, order, "paid after the hold had run out; sold out since")
    except TooLate:
        return _send_back(payment, order, f"the order was {order.state} already")
    payment.is_applied = True
    _book_sale(payment, order)
    return "paid"


def _send_back(payment: Payment, order: Order, why: str) -> str:
    assert payment.captured_minor is not None
    request_refund(payment, amount_minor=payment.captured_minor, reason=why)
    events.record("payment.returned", payment, order=order.reference, why=why)
    return "sent back"


def _book_capture(payment: Payment, intent: Intent, order: Order) -> None:
    cost_minor = intent.cost_minor or 0
    ledger.post(
        f"capture {payment.reference}",
        {
            Account.STRIPE_CLEARING: intent.received_minor - cost_minor,
            Account.PAYMENT_COST: cost_minor,
            Account.UNAPPLIED: -intent.received_minor,
        },
        currency=intent.currency,
        memo=f"Card payment for order {order.number}",
        order_id=order.id,
    )


def _book_sale(payment: Payment, order: Order) -> None:
    cost_minor = payment.cost_minor or 0
    ledger.post(
        f"sale {order.reference}",
        {
            Account.UNAPPLIED: order.total_minor,
            Account.PLATFORM_FEE: -order.platform_fee_minor,
            Account.STOREFRONT_FEE: -order.storefront_fee_minor,
            Account.PAYABLE_PENDING: -(
                order.total_minor - order.platform_fee_minor - order.storefront_fee_minor
            ),
        },
        currency=order.currency,
        memo=f"Order {order.number}",
        order_id=order.id,
    )
    ledger.post(
        f"payment cost {order.reference}",
        {Account.PAYABLE_PENDING: cost_minor, Account.PAYMENT_COST: -cost_minor},
        currency=order.currency,
        memo=f"Payment cost of order {order.number}",
        order_id=order.id,
    )
