"""Picking up what a crash, a lost notice or a closed browser left lying."""

from functools import partial

import sqlalchemy as sa
import structlog

from core import boxoffice, orders
from core.database import db, transaction
from core.orders import OrderState
from core.payments import stripe_gateway
from core.payments.models import Payment, Refund
from core.payments.pacing import FETCH_INTENT, FETCH_REFUND, PaymentWaits, await_endpoint
from core.payments.queries import UNSETTLED
from core.payments.refunding import settle_refund
from core.payments.settling import settle
from core.payments.starting import NotPayable, attach_again
from core.payments.states import PaymentState, RefundState
from core.payments.stripe_gateway import GatewayDown, GatewayRefused

log = structlog.get_logger()

BATCH = 50
GIVE_UP_AFTER = 3
LOOK_AGAIN_SECONDS = 45
"""How long a payment or refund may go without news before we ask Stripe ourselves."""
IS_UNSETTLED = Payment.state.in_(UNSETTLED) | (
    (Payment.state == PaymentState.SUCCEEDED) & Payment.cost_minor.is_(None)
)
STILL_PAYABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def reconcile() -> int:
    """Look at Stripe for payments and refunds without news; return how many. No open transaction.

    An intent whose order has ended is cancelled, so that nobody pays for what is gone. Raises
    GatewayDown after a few in a row: all the others would wait for the same time-out.
    """
    looked, down = 0, 0
    for reference in _quiet_payments():
        try:
            _look_at(reference)
            down = 0
        except GatewayDown:
            down += 1
            if down == GIVE_UP_AFTER:
                raise
        except PaymentWaits:
            pass  # many are paying: it has its turn in line, and we come by again
        except (GatewayRefused, NotPayable) as error:
            log.error("reconcile.refused", payment=reference, why=str(error))
        looked += 1
    for refund_id, provider_id in _quiet_refunds():
        try:
            await_endpoint(FETCH_REFUND)
            given = stripe_gateway.fetch_refund(provider_id)
            boxoffice.at_the_till(partial(settle_refund, refund_id, given))
        except GatewayRefused as error:
            log.error("reconcile.refused", refund=refund_id, why=str(error))
        looked += 1
    return looked


def _ago(seconds: int) -> sa.ColumnElement[object]:
    return sa.func.clock_timestamp() - sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _quiet_payments() -> list[str]:
    """References of payments to look at; marked, so that two of us do not look at the same."""
    with transaction():
        quiet = (
            sa.select(Payment.id)
            .where(IS_UNSETTLED, Payment.checked_at < _ago(LOOK_AGAIN_SECONDS))
            .order_by(Payment.checked_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
            .cte("quiet")
        )
        return list(
            db.session.scalars(
                sa.update(Payment)
                .where(Payment.id == quiet.c.id)
                .values(checked_at=sa.func.clock_timestamp())
                .returning(Payment.reference)
                .execution_options(synchronize_session=False)
            )
        )


def _look_at(reference: str) -> None:
    intent_id = attach_again(reference)
    await_endpoint(FETCH_INTENT)
    intent = stripe_gateway.fetch_intent(intent_id)
    with transaction():
        order_id = db.session.scalar(
            sa.select(Payment.order_id).where(Payment.reference == reference)
        )
        assert order_id is not None
        is_over = orders.get(order_id).state != OrderState.HELD
    if is_over and intent.status in STILL_PAYABLE:
        try:
            intent = stripe_gateway.cancel_intent(intent_id)
        except GatewayRefused:  # paid at this very moment
            intent = stripe_gateway.fetch_intent(intent_id)
    boxoffice.at_the_till(lambda: settle(intent))


def _quiet_refunds() -> list[tuple[int, str]]:
    with transaction():
        quiet = (
            sa.select(Refund.id)
            .where(
                Refund.state == RefundState.SUBMITTED,
                Refund.checked_at < _ago(LOOK_AGAIN_SECONDS),
                Refund.provider_id.is_not(None),
            )
            .order_by(Refund.checked_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
            .cte("quiet")
        )
        rows = db.session.execute(
            sa.update(Refund)
            .where(Refund.id == quiet.c.id)
            .values(checked_at=sa.func.clock_timestamp())
            .returning(Refund.id, Refund.provider_id)
            .execution_options(synchronize_session=False)
        )
        return [(row.id, str(row.provider_id)) for row in rows]
