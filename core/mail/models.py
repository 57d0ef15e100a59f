"""What was sent, and what is being sent."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.moves import id_column


class SentLetter(Model):
    """One letter about one thing. `state`: 'sending', 'sent'."""

    __tablename__ = "letters"

    id: Mapped[int] = id_column()
    about: Mapped[str] = mapped_column(unique=True)
    to_email: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="1")
    message_id: Mapped[str]
    claimed_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    sent_at: Mapped[datetime | None]
