"""What the log still awaits, and crossing off what is done."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from core.database import db
from core.events.models import Event

BATCH = 200
MAX_ATTEMPTS = 30
"""With the pauses below: about five days. After that the event waits for a person."""
FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Due:
    """Reactions that somebody should be asked for now."""

    event_id: int
    type: str
    subject_id: int
    awaits: tuple[str, ...]
    attempts: int

    @property
    def again_in_seconds(self) -> float:
        """When it is due again, if it is not done until then."""
        return float(min(FIRST_PAUSE_SECONDS * 2 ** (self.attempts - 1), LONGEST_PAUSE_SECONDS))

    @property
    def is_given_up(self) -> bool:
        """Whether this was the last time it is asked for."""
        return self.attempts >= MAX_ATTEMPTS


def due() -> list[Due]:
    """Take up to BATCH events whose reactions are due; each is due again after a growing pause.

    SKIP LOCKED, never "id > last": ids commit out of order. Two relays share the work.
    """
    taken = (
        sa.select(Event.id)
        .where(
            Event.handled_at.is_(None),
            Event.relay_at <= sa.func.clock_timestamp(),
            Event.attempts < MAX_ATTEMPTS,
        )
        .order_by(Event.relay_at, Event.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("taken")
    )
    pause = sa.func.make_interval(
        0, 0, 0, 0, 0, 0,
        sa.func.least(
            FIRST_PAUSE_SECONDS * sa.func.power(2, Event.attempts), LONGEST_PAUSE_SECONDS
        ),
    )  # fmt: skip
    rows = db.session.execute(
        sa.update(Event)
        .where(Event.id == taken.c.id)
        .values(attempts=Event.attempts + 1, relay_at=sa.func.clock_timestamp() + pause)
        .returning(Event.id, Event.type, Event.subject_id, Event.awaits, Event.attempts)
        .execution_options(synchronize_session=False)
    )
    return [Due(row.id, row.type, row.subject_id, tuple(row.awaits), row.attempts) for row in rows]


def still_waits(event_ids: Collection[int]) -> None:
    """Take back the attempt: nobody was asked, since the last asking still waits in line."""
    db.session.execute(
        sa.update(Event)
        .where(Event.id.in_(event_ids))
        .values(attempts=Event.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def is_awaited(event_id: int, reaction: str) -> bool:
    """Whether a reaction is still owed: it may have been asked for twice, and be done."""
    return bool(
        db.session.scalar(sa.select(sa.any_(Event.awaits) == reaction).where(Event.id == event_id))
    )


def mark_done(event_id: int, reaction: str) -> None:
    """Cross a reaction off; the last one closes the event."""
    left = sa.func.array_remove(Event.awaits, reaction)
    db.session.execute(
        sa.update(Event)
        .where(Event.id == event_id)
        .values(
            awaits=left,
            handled_at=sa.case(
                (sa.func.cardinality(left) == 0, sa.func.clock_timestamp()),
                else_=Event.handled_at,
            ),
        )
        .execution_options(synchronize_session=False)
    )
