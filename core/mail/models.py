"""What was sent, and what is being sent."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.moves import id_column


class LetterState(StrEnum):
    SENDING = "sending"
    SENT = "sent"


class SentLetter(Model):
    """One letter about one thing."""

    __tablename__ = "letters"

    id: Mapped[int] = id_column()
    about: Mapped[str] = mapped_column(unique=True)
    """'order-123-confirmed': what makes a second letter the same letter."""
    to_email: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="1")
    message_id: Mapped[str]
    claimed_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    """Since when somebody is sending it."""
    sent_at: Mapped[datetime | None]
