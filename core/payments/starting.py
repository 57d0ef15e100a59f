"""Starting a payment: written down, asked for, written down again."""

from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from core import orders, tenancy
from core.database import db, transaction
from core.errors import Conflict, Invalid
from core.failpoints import failpoint
from core.moves import begin, move
from core.orders import Order, OrderState
from core.payments import stripe_gateway
from core.payments.models import Payment
from core.payments.pacing import PaymentWaits, Turn, turn_of
from core.payments.queries import find_open
from core.payments.states import PAYMENT_LIFE, PaymentState
from core.payments.stripe_gateway import GatewayBroke, GatewayBusy, GatewayRefused, Intent

BUSY_SECONDS = 2
"""When to come again after Stripe said that it was asked too often."""

log = structlog.get_logger()


class NothingToPay(Conflict):
    code = "nothing_to_pay"
    title = "There is nothing to pay"


class NotPayable(Conflict):
    code = "not_payable"
    title = "This cannot be paid"


class HoldOver(Conflict):
    code = "hold_expired"
    title = "The time for this order is over"


def start(order_reference: str) -> Payment:
    """The payment of a held order, with a client secret to pay it by; the same when asked twice.

    Opens transactions before and after the call to Stripe, so call it outside of any. Raises
    NotFound, Invalid (no customer yet), NothingToPay, HoldOver, HoldEnded, NotPayable, GatewayDown,
    and PaymentWaits: when so many pay that the order has to wait for its turn, it keeps that.
    """
    with transaction():
        order = orders.get_by_reference(order_reference)
        _check_payable(order)
        payment = find_open(order)
        if payment is not None and payment.state == PaymentState.OPEN:
            return payment
    # Nothing is written down before its turn: who never comes back leaves nothing to reconcile.
    try:
        with turn_of(order_reference) as turn:
            return _start(order_reference, turn)
    except GatewayBusy:  # somebody else asks in our name, or we are allowed less than we think
        raise PaymentWaits(BUSY_SECONDS) from None


def _start(order_reference: str, turn: Turn) -> Payment:
    with transaction():  # while it waited, the order may have been let go, or paid for elsewhere
        order = orders.get_by_reference(order_reference)
        _check_payable(order)
        payment = find_open(order) or _begin(order)
        if payment.state == PaymentState.OPEN:
            return payment
        wish = _wish(payment, order)
    _ask_for_intent(wish, turn)
    with transaction():
        return _get(wish.key)


def attach_again(reference: str) -> str:
    """The id of a payment's intent, asking for it again under its key if it never was written down.

    Call it outside of any transaction. Raises PaymentWaits, NotPayable, GatewayDown.
    """
    with transaction():
        payment = _get(reference)
        intent_id, order_reference = payment.intent_id, orders.get(payment.order_id).reference
    if intent_id:
        return intent_id
    with turn_of(order_reference, extends_hold=False) as turn:
        with transaction():
            payment = _get(reference)
            intent_id, wish = payment.intent_id, _wish(payment, orders.get(payment.order_id))
        return intent_id or _ask_for_intent(wish, turn)


@dataclass(frozen=True)
class IntentWish:
    """What Stripe is asked for: nothing in it can change, as the key stands for all of it."""

    key: str
    amount_minor: int
    currency: str
    description: str
    metadata: dict[str, str]


def _wish(payment: Payment, order: Order) -> IntentWish:
    return IntentWish(
        key=payment.reference,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        description=f"Order {order.number}",
        metadata={
            "reseller": tenancy.current().reference,
            "order": order.reference,
            "payment": payment.reference,
        },
    )


def _ask_for_intent(wish: IntentWish, turn: Turn) -> str:
    failpoint("payments.before_intent")
    turn.be_on_time()
    try:
        intent = stripe_gateway.create_intent(
            key=wish.key,
            amount_minor=wish.amount_minor,
            currency=wish.currency,
            description=wish.description,
            metadata=wish.metadata,
        )
    except GatewayRefused as error:
        log.exception("payment.refused", payment=wish.key)
        with transaction():
            _give_up(wish.key, str(error))
        raise NotPayable("The payment provider does not take this payment.") from error
    except GatewayBroke as error:
        # Under this key it would be the same answer for a day: the next try has another. If Stripe
        # did make the intent, nobody has its secret, so nobody can pay it.
        with transaction():
            _give_up(wish.key, str(error))
        raise
    failpoint("payments.after_intent")
    with transaction():
        _attach(wish.key, intent)
    return intent.id


def _give_up(reference: str, why: str) -> None:
    payment = _get(reference)
    if payment.state == PaymentState.STARTING:
        move(PAYMENT_LIFE, payment, PaymentState.CANCELLED, reason=why, failure=why)


def _get(reference: str) -> Payment:
    return db.session.scalars(sa.select(Payment).where(Payment.reference == reference)).one()


def _begin(order: Order) -> Payment:
    _check_payable(order)
    payment = Payment(order_id=order.id, amount_minor=order.total_minor, currency=order.currency)
    db.session.add(payment)
    try:
        db.session.flush()
    except sa.exc.IntegrityError:  # the second click was faster
        db.session.rollback()
        found = find_open(order)
        if found is None:
            raise
        return found
    begin(PAYMENT_LIFE, payment.id, state=PaymentState.STARTING, reason="customer goes to pay")
    return payment


def _check_payable(order: Order) -> None:
    if order.state == OrderState.EXPIRED or (
        order.state == OrderState.HELD and order.expires_at <= orders.database_now()
    ):
        raise HoldOver("The tickets were kept for a while and are on sale again now.")
    if order.state != OrderState.HELD:
        raise NothingToPay(f"This order is {order.state} already.")
    if order.total_minor == 0:
        raise NothingToPay("This order costs nothing.")
    if not order.has_customer:
        raise Invalid("Please give a name and an e-mail address first.", field="name")


def _attach(reference: str, intent: Intent) -> None:
    payment = _get(reference)
    if payment.state == PaymentState.STARTING:
        move(
            PAYMENT_LIFE,
            payment,
            PaymentState.OPEN,
            reason="intent made",
            intent_id=intent.id,
            client_secret=intent.client_secret,
        )
