"""Events that wait: what there is of them, and trying those again that were given up."""

from dataclasses import dataclass

import sqlalchemy as sa

from core.database import db
from core.errors import Conflict
from core.events import doorbell
from core.events.handling import MAX_ATTEMPTS
from core.events.models import Event

MOST_SHOWN = 200


class NothingToRetry(Conflict):
    code = "nothing_to_retry"
    title = "That is done already"


@dataclass(frozen=True)
class Backlog:
    """How many events of the bound reseller await something."""

    waiting: int
    given_up: int
    """Of these, how many nobody asks for any more."""


def backlog() -> Backlog:
    waiting, given_up = db.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Event.attempts >= MAX_ATTEMPTS)).where(
            Event.handled_at.is_(None)
        )
    ).one()
    return Backlog(waiting, given_up)


def given_up() -> list[Event]:
    """Events that wait for a person, oldest first, at most MOST_SHOWN."""
    return list(
        db.session.scalars(
            sa.select(Event)
            .where(Event.handled_at.is_(None), Event.attempts >= MAX_ATTEMPTS)
            .order_by(Event.id)
            .limit(MOST_SHOWN)
        )
    )


def retry(reference: str) -> None:
    """Let the relay ask for an event that was given up, from the start. Raises NothingToRetry."""
    again = db.session.execute(
        sa.update(Event)
        .where(
            Event.reference == reference,
            Event.handled_at.is_(None),
            Event.attempts >= MAX_ATTEMPTS,
        )
        .values(attempts=0, relay_at=sa.func.clock_timestamp())
        .returning(Event.id)
        .execution_options(synchronize_session=False)
    ).first()
    if again is None:
        raise NothingToRetry("This event is no longer waiting for anybody.")
    doorbell.ring_after_commit()
