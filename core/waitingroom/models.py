"""A show's waiting room: switch and settings, the draw, and where the line stood a moment ago."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.catalogue import Show
from core.database import Model
from core.moves import id_column
from core.waitingroom.states import RoomState

MOST_GATHER_MINUTES = 24 * 60
MOST_SEATS = 100_000
MOST_A_MINUTE = 100_000


class Suspects(StrEnum):
    """What becomes of who looks like a program that joins again and again."""

    REFUSE = "refuse"
    """Told to come again later."""
    WAIT = "wait"
    """Given a place that is never called."""


class WaitingRoom(Model):
    __tablename__ = "waiting_rooms"
    __table_args__ = (
        sa.CheckConstraint(
            f"gather_minutes BETWEEN 0 AND {MOST_GATHER_MINUTES}", name="gather_minutes_sane"
        ),
        sa.CheckConstraint(f"checkout_seats BETWEEN 1 AND {MOST_SEATS}", name="seats_sane"),
        sa.CheckConstraint(f"per_minute BETWEEN 1 AND {MOST_A_MINUTE}", name="per_minute_sane"),
        sa.CheckConstraint("serving >= 0 AND last >= 0", name="numbers_not_negative"),
        sa.CheckConstraint("last <= reserved", name="numbers_reserved"),
    )

    id: Mapped[int] = id_column()
    show_id: Mapped[int] = mapped_column(sa.ForeignKey(Show.id), unique=True)
    state: Mapped[str] = mapped_column(server_default=RoomState.CLOSED)

    is_paused: Mapped[bool] = mapped_column(server_default=sa.false())
    gather_minutes: Mapped[int] = mapped_column(server_default="30")
    """How long before the sale people may come and wait for the draw."""
    checkout_seats: Mapped[int] = mapped_column(server_default="5000")
    """How many may choose and pay at the same time."""
    per_minute: Mapped[int | None]
    """How many are called in a minute at most; none if only what we can do is the limit."""
    suspects: Mapped[str] = mapped_column(server_default=Suspects.REFUSE)

    seed: Mapped[bytes]
    """Of the draw; nobody's business before it."""
    commitment: Mapped[str]
    """SHA-256 of the seed, published from the beginning."""
    drawn_at: Mapped[datetime | None]
    drawn_places: Mapped[str | None] = mapped_column(deferred=True)
    """Ids of all places that were drawn, ascending, one on a line: 3 MB for a hundred thousand."""
    drawn_count: Mapped[int] = mapped_column(server_default="0")
    places_digest: Mapped[str | None]

    epoch: Mapped[str] = mapped_column(server_default="")
    """Changes when Redis has lost the line."""
    serving: Mapped[int] = mapped_column(server_default="0")
    """Checkpoint, a second old: numbers up to this one are called."""
    last: Mapped[int] = mapped_column(server_default="0")
    """Checkpoint: the last number that was given."""
    reserved: Mapped[int] = mapped_column(server_default="0")
    """No number above this one is given before this is raised."""
    unspent: Mapped[int] = mapped_column(server_default="0")
    """Checkpoint: people who were let in and have not bought yet."""
    gaps: Mapped[list[list[int]]] = mapped_column(JSONB, server_default="[]")
    """Numbers that perhaps nobody has, [from, to]: given, or not, when Redis was lost."""
    restored_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]
    """Since when nobody waits, while it is open."""
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    def facts(self) -> dict[str, Any]:
        """The settings a member or admin may change, as the log tells them."""
        return {
            "is_paused": self.is_paused,
            "gather_minutes": self.gather_minutes,
            "checkout_seats": self.checkout_seats,
            "per_minute": self.per_minute,
            "suspects": self.suspects,
        }
