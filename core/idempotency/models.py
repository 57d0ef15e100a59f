"""Answers given under a key."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class IdempotencyKey(Model):
    __tablename__ = "idempotency_keys"
    __table_args__ = (sa.Index("ix_idempotency_keys_age", "created_at", postgresql_using="brin"),)

    scope: Mapped[str] = mapped_column(primary_key=True)
    """The API key and the route, so that callers cannot meet each other's answers."""
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
