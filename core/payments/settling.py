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
    order = orders.get(payment.order_id)
    if payment.state == PaymentState.SUCCEEDED:
        is_new = _book_cost(payment, intent, order)
        return "cost known" if is_new else "settled before"
    move(
        PAYMENT_LIFE,
        payment,
        PaymentState.SUCCEEDED,
        reason="Stripe has the money",
        charge_id=intent.charge_id,
        captured_minor=intent.received_minor,
        failure=None,
    )
    _book_capture(payment, intent, order)
    outcome = _apply(payment, intent, order)
    _book_cost(payment, intent, order)
    return outcome


def _apply(payment: Payment, intent: Intent, order: Order) -> str:
    """Pay the order with it, or send it back."""
    is_as_agreed = (intent.received_minor, intent.currency) == (
        payment.amount_minor,
        payment.currency,
    )
    if not is_as_agreed:
        log.error("payment.mismatched", payment=payment.reference, intent=intent.id)
        return _send_back(payment, intent, order, "the amount was not the order's")
    try:
        with db.session.begin_nested():
            orders.pay(order, reason=f"payment {payment.reference}")
    except SoldOut:
        why = "paid after the hold had run out; sold out since"
        return _send_back(payment, intent, order, why)
    except TooLate:
        return _send_back(payment, intent, order, f"the order was {order.state} already")
    payment.is_applied = True
    _book_sale(order)
    return "paid"


def _send_back(payment: Payment, intent: Intent, order: Order, why: str) -> str:
    request_refund(
        payment, amount_minor=intent.received_minor, reason=why, currency=intent.currency
    )
    events.record("payment.returned", payment, order=order.reference, why=why)
    return "sent back"


def _book_capture(payment: Payment, intent: Intent, order: Order) -> None:
    ledger.post(
        f"capture {payment.reference}",
        {
            Account.STRIPE_CLEARING: intent.received_minor,
            Account.UNAPPLIED: -intent.received_minor,
        },
        currency=intent.currency,
        memo=f"Card payment for order {order.number}",
        order_id=order.id,
    )


def _book_sale(order: Order) -> None:
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


def _book_cost(payment: Payment, intent: Intent, order: Order) -> bool:
    """Book what Stripe took, once it says so: sometimes that is later. Whether it was news.

    The reseller bears it for its orders; for money that went back, we do.
    """
    if payment.cost_minor is not None or intent.cost_minor is None:
        return False
    payment.cost_minor = intent.cost_minor
    ledger.post(
        f"cost {payment.reference}",
        {Account.PAYMENT_COST: intent.cost_minor, Account.STRIPE_CLEARING: -intent.cost_minor},
        currency=payment.currency,
        memo=f"Payment cost of order {order.number}",
        order_id=order.id,
    )
    if payment.is_applied:
        ledger.post(
            f"payment cost {order.reference}",
            {
                Account.PAYABLE_PENDING: intent.cost_minor,
                Account.PAYMENT_COST: -intent.cost_minor,
            },
            currency=payment.currency,
            memo=f"Payment cost of order {order.number}, borne by the seller",
            order_id=order.id,
        )
    return True
