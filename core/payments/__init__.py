"""Payments: an intent at Stripe, its settlement here, and the way back.

No call to Stripe inside a transaction: each act writes down what it is about to do, does it under a
key that makes repeating it harmless, and writes down what came of it. What a crash leaves between
the steps, reconciling picks up.
"""

from core.pacing import Backlog, backlog
from core.payments.models import Payment, PaymentNotice, Refund
from core.payments.noticing import act_on_notice, keep_notice, reseller_of
from core.payments.pacing import PaymentWaits, ask_again_seconds, find_wait
from core.payments.queries import (
    find_open,
    find_payment,
    get_refund,
    payment_of,
    payments_of,
    refunds_of,
)
from core.payments.reconciling import reconcile
from core.payments.refunding import ask_again, refund_tickets, request_refund, submit_refund
from core.payments.settling import settle
from core.payments.starting import start
from core.payments.states import PaymentState, RefundState
from core.payments.stopping import PaymentUnderWay, stop
from core.payments.stripe_gateway import BadSignature, GatewayDown, read_notice

__all__ = [
    "Backlog",
    "BadSignature",
    "GatewayDown",
    "Payment",
    "PaymentNotice",
    "PaymentState",
    "PaymentUnderWay",
    "PaymentWaits",
    "Refund",
    "RefundState",
    "act_on_notice",
    "ask_again",
    "ask_again_seconds",
    "backlog",
    "find_open",
    "find_payment",
    "find_wait",
    "get_refund",
    "keep_notice",
    "payment_of",
    "payments_of",
    "read_notice",
    "reconcile",
    "refund_tickets",
    "refunds_of",
    "request_refund",
    "reseller_of",
    "settle",
    "start",
    "stop",
    "submit_refund",
]
