"""The history of every life in one table."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.moves.columns import id_column


class Move(Model):
    __tablename__ = "moves"
    __table_args__ = (sa.Index(None, "subject_id"),)

    id: Mapped[int] = id_column()
    life: Mapped[str]
    """'order', 'ticket', 'payment' or 'refund'."""
    subject_id: Mapped[int]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
