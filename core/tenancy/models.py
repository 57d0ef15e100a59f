"""The directory: who sells, where their rows are, which hosts lead to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import PLATFORM, Model


class ResellerState(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Reseller(Model):
    __tablename__ = "resellers"
    __table_args__ = ({"schema": PLATFORM},)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    legal_name: Mapped[str]
    tagline: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str]
    address: Mapped[str]
    """Lines of the postal address, as printed on invoices."""
    tax_id: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str]
    """ISO 3166 alpha-2."""
    currency: Mapped[str]
    """ISO 4217."""
    time_zone: Mapped[str]
    locale: Mapped[str] = mapped_column(server_default="en")
    theme: Mapped[str] = mapped_column(server_default="stage")
    tokens: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """Design tokens of the storefront; themes.tokens checks them."""
    cell: Mapped[str]
    schema_name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default=ResellerState.OPEN)
    fee_plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey(f"{PLATFORM}.fee_plans.id"))
    opened_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class Host(Model):
    """A host name of the reseller's own, beside `<slug>.<base>`."""

    __tablename__ = "hosts"
    __table_args__ = ({"schema": PLATFORM},)

    name: Mapped[str] = mapped_column(primary_key=True)
    reseller_id: Mapped[int] = mapped_column(sa.ForeignKey(Reseller.id))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
