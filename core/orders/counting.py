"""What was sold, by currency."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.database import db
from core.orders.models import Order, OrderLine


@dataclass(frozen=True)
class Sales:
    """Paid orders of one currency, those refunded later included."""

    currency: str
    orders: int
    tickets: int
    gross_minor: int


def sales(*, since: datetime | None = None) -> list[Sales]:
    """What was paid since a moment, or ever; most orders first."""
    tickets = (
        sa.select(sa.func.sum(OrderLine.quantity))
        .where(OrderLine.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Order.currency,
            sa.func.count(),
            sa.func.sum(tickets),
            sa.func.sum(Order.total_minor),
        )
        .where(Order.paid_at.is_not(None))
        .group_by(Order.currency)
        .order_by(sa.func.count().desc())
    )
    if since is not None:
        query = query.where(Order.paid_at >= since)
    return [
        Sales(currency, count, int(sold or 0), int(gross_minor or 0))
        for currency, count, sold, gross_minor in db.session.execute(query)
    ]


def count() -> int:
    """Every order there is, whatever became of it."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Order)) or 0
