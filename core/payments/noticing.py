"""Stripe's notices: kept once, then acted on by looking at Stripe itself."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from core import boxoffice, events, tenancy
from core.database import db, transaction
from core.failpoints import failpoint
from core.payments import stripe_gateway
from core.payments.models import Payment, PaymentNotice, Refund
from core.payments.pacing import FETCH_INTENT, FETCH_REFUND, await_endpoint
from core.payments.refunding import settle_refund
from core.payments.settling import settle
from core.payments.stripe_gateway import GatewayRefused, Notice

log = structlog.get_logger()

ABOUT_INTENTS = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
    }
)
ABOUT_REFUNDS = frozenset({"refund.updated", "refund.failed", "charge.refund.updated"})
ABOUT_FRAUD = {
    "charge.dispute.created": "payment.disputed",
    "charge.dispute.closed": "payment.dispute_closed",
    "radar.early_fraud_warning.created": "payment.fraud_warned",
}


ACTED_ON = ABOUT_INTENTS | ABOUT_REFUNDS | ABOUT_FRAUD.keys()
"""Other notices are kept, and make no work."""


def reseller_of(notice: Notice) -> str | None:
    """The reference of the reseller a notice concerns, asking Stripe if the notice does not say."""
    named = _named(notice.about.get("metadata"))
    if named:
        return named
    intent_id = notice.about.get("payment_intent")
    if not isinstance(intent_id, str):
        return None
    try:
        return _named(stripe_gateway.fetch_intent(intent_id).metadata)
    except GatewayRefused:
        return None


def _named(metadata: Mapping[str, Any] | None) -> str | None:
    named = (metadata or {}).get("reseller")
    return named if isinstance(named, str) else None


def keep_notice(notice: Notice) -> bool:
    """Write a notice down for the bound reseller; False if it was there already."""
    is_for_us = notice.type in ACTED_ON
    row = db.session.execute(
        insert(PaymentNotice)
        .values(
            reference=notice.id,
            type=notice.type,
            object_id=notice.about["id"],
            payload=notice.payload,
            outcome=None if is_for_us else "not for us",
        )
        .on_conflict_do_nothing(index_elements=[PaymentNotice.reference])
        .returning(PaymentNotice.id, PaymentNotice.reference)
    ).one_or_none()
    if row is None:
        return False
    if is_for_us:
        events.record("payment.noticed", row, type=notice.type)
    return True


def act_on_notice(notice_id: int) -> None:
    """Go and look at what a notice is about, and settle it. Safe to repeat, in any order."""
    with transaction():
        notice = db.session.scalars(
            sa.select(PaymentNotice).where(PaymentNotice.id == notice_id)
        ).one()
        if notice.outcome is not None:
            return
        kind, object_id, about = notice.type, notice.object_id, notice.payload["data"]["object"]
    failpoint("payments.before_settling")
    try:
        outcome = _act(notice_id, kind, object_id, about)
    except GatewayRefused as error:
        log.error("notice.refused", notice=notice_id, tenant=tenancy.current().slug, why=str(error))
        outcome = "Stripe knows nothing of it"
    failpoint("payments.after_settling")
    with transaction():
        db.session.execute(
            sa.update(PaymentNotice).where(PaymentNotice.id == notice_id).values(outcome=outcome)
        )


def _act(notice_id: int, kind: str, object_id: str, about: Mapping[str, Any]) -> str:
    if kind in ABOUT_INTENTS:
        await_endpoint(FETCH_INTENT)
        intent = stripe_gateway.fetch_intent(object_id)
        return boxoffice.at_the_till(lambda: settle(intent))
    if kind in ABOUT_REFUNDS:
        return _act_on_refund(object_id)
    if kind in ABOUT_FRAUD:
        return _tell_of_fraud(notice_id, ABOUT_FRAUD[kind], about)
    return "not for us"


def _act_on_refund(provider_id: str) -> str:
    await_endpoint(FETCH_REFUND)
    given = stripe_gateway.fetch_refund(provider_id)
    with transaction():
        is_it = (Refund.provider_id == provider_id) | (Refund.reference == (given.reference or ""))
        refund_id = db.session.scalar(sa.select(Refund.id).where(is_it))
    if refund_id is None:
        return "not ours"
    return boxoffice.at_the_till(lambda: settle_refund(refund_id, given))


def _tell_of_fraud(notice_id: int, event_type: str, about: Mapping[str, Any]) -> str:
    with transaction():
        is_first = db.session.execute(
            sa.update(PaymentNotice)
            .where(PaymentNotice.id == notice_id, PaymentNotice.outcome.is_(None))
            .values(outcome="told")
            .returning(PaymentNotice.id)
        ).one_or_none()
        if is_first is None:
            return "told"
        payment = db.session.scalars(
            sa.select(Payment).where(Payment.intent_id == about.get("payment_intent"))
        ).one_or_none()
        if payment is None:
            return "not ours"
        events.record(
            event_type,
            payment,
            amount_minor=about.get("amount"),
            why=about.get("reason") or about.get("fraud_type"),
            status=about.get("status"),
        )
    return "told"
