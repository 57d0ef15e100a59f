"""Payments, refunds, and what Stripe has told us."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.moves import id_column, reference_column
from core.orders import Order
from core.payments.states import PaymentState, RefundState


class Payment(Model):
    __tablename__ = "payments"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index(
            "uq_payments_one_open",
            "order_id",
            unique=True,
            postgresql_where=sa.text("state IN ('starting', 'open')"),
        ),
        sa.Index(
            "ix_payments_unsettled",
            "checked_at",
            postgresql_where=sa.text(
                "state IN ('starting', 'open') OR (state = 'succeeded' AND cost_minor IS NULL)"
            ),
        ),
        sa.Index(None, "order_id"),
    )

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("payment")
    """Also the idempotency key under which Stripe is asked for the intent."""
    order_id: Mapped[int] = mapped_column(sa.ForeignKey(Order.id))
    state: Mapped[str] = mapped_column(server_default=PaymentState.STARTING)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    client_secret: Mapped[str | None]
    charge_id: Mapped[str | None]
    cost_minor: Mapped[int | None]
    """What Stripe took for it, once known."""
    captured_minor: Mapped[int | None]
    failure: Mapped[str | None]
    """Why the last attempt was declined, in Stripe's words for customers."""
    is_applied: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether it paid its order; money that did not goes back."""
    started_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    checked_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    """When we last looked at Stripe."""


class Refund(Model):
    __tablename__ = "refunds"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index(None, "payment_id"),
        sa.Index(None, "order_id"),
    )

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("refund")
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey(Payment.id))
    order_id: Mapped[int] = mapped_column(sa.ForeignKey(Order.id))
    state: Mapped[str] = mapped_column(server_default=RefundState.REQUESTED)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    requested_by: Mapped[str]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    failure: Mapped[str | None]
    requested_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    checked_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    """When we last looked at Stripe."""


class PaymentNotice(Model):
    """A webhook of Stripe's, kept once. It proves nothing: it makes us go and look."""

    __tablename__ = "payment_notices"

    id: Mapped[int] = id_column()
    reference: Mapped[str] = mapped_column(unique=True)
    """Stripe's 'evt_…'."""
    type: Mapped[str]
    object_id: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    outcome: Mapped[str | None]
