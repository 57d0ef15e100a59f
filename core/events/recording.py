"""Recording that something happened."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from core import actors
from core.database import db
from core.events import doorbell
from core.events.models import Event

_reactions_to: list[Callable[[str], list[str]]] = []


class Subject(Protocol):
    """What an event is about: a row with an id and a reference."""

    id: Any
    reference: Any


def subscribe(reactions_to: Callable[[str], list[str]]) -> None:
    """Tell the log which reactions an event of a type awaits. Called once, by jobs.reactions."""
    _reactions_to[:] = [reactions_to]


def record(event_type: str, subject: Subject, **facts: Any) -> None:
    """Write an event into the transaction that makes it true; the bell rings after the commit."""
    awaits = [name for ask in _reactions_to for name in ask(event_type)]
    db.session.execute(
        sa.insert(Event).values(
            type=event_type,
            subject_id=subject.id,
            subject_reference=subject.reference,
            data={name: _plain(fact) for name, fact in facts.items()},
            actor=actors.current(),
            awaits=awaits,
            handled_at=None if awaits else sa.func.clock_timestamp(),
        )
    )
    if awaits:
        doorbell.ring_after_commit()


def _plain(fact: Any) -> Any:
    return fact.isoformat() if isinstance(fact, datetime) else fact
