"""One reseller's log of what happened."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.moves import id_column, reference_column


class Event(Model):
    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_unhandled", "relay_at", postgresql_where=sa.text("handled_at IS NULL")),
    )

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("event")
    type: Mapped[str]
    """subject.past_tense: 'order.paid'."""
    subject_id: Mapped[int]
    subject_reference: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    awaits: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    """Names of the reactions that have still to happen."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    relay_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    """When the relay asks (again) for what it awaits."""
    handled_at: Mapped[datetime | None]
