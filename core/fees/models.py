"""A version of a fee plan: never changed once somebody sells under it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import PLATFORM, Model


class FeePlan(Model):
    __tablename__ = "fee_plans"
    __table_args__ = (
        sa.UniqueConstraint("name", "version"),
        sa.CheckConstraint("percent_bp BETWEEN 0 AND 10000", name="percent_sane"),
        sa.CheckConstraint("0 <= min_minor AND min_minor <= max_minor", name="bounds_in_order"),
        {"schema": PLATFORM},
    )

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    version: Mapped[int]
    currency: Mapped[str]
    percent_bp: Mapped[int]
    """Hundredths of a percent of the line."""
    fixed_minor: Mapped[int]
    """On each ticket."""
    min_minor: Mapped[int]
    max_minor: Mapped[int]
    """Bounds on each ticket."""
    storefront_bp: Mapped[int]
    """On top, for what the hosted storefront sells."""
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
