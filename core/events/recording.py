"""Recording that something happened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from core import actors, references
from core.database import db
from core.events import doorbell
from core.events.models import Event

_reactions_to: list[Callable[[str], list[str]]] = []


class Subject(Protocol):
    """What an event is about: a row with an id and a reference."""

    @property
    def id(self) -> Any: ...
    @property
    def reference(self) -> Any: ...


def subscribe(reactions_to: Callable[[str], list[str]]) -> None:
    """Tell the log which reactions an event of a type awaits. Called once, by jobs.reactions."""
    _reactions_to[:] = [reactions_to]


@dataclass(frozen=True)
class Named:
    """A subject that was never loaded."""

    id: int
    reference: str


def record(event_type: str, subject: Subject, **facts: Any) -> None:
    """Write an event into the transaction that makes it true; the bell rings after the commit."""
    record_all(event_type, [subject], **facts)


def record_all(event_type: str, subjects: Iterable[Subject], **facts: Any) -> None:
    """Write the same event for several subjects, in one statement."""
    awaits = [name for ask in _reactions_to for name in ask(event_type)]
    rows = [
        {
            "reference": references.new("event"),
            "type": event_type,
            "subject_id": subject.id,
            "subject_reference": subject.reference,
            "data": {name: _plain(fact) for name, fact in facts.items()},
            "actor": actors.current(),
            "awaits": awaits,
        }
        for subject in subjects
    ]
    if not rows:
        return
    handled_at = sa.null() if awaits else sa.func.clock_timestamp()
    db.session.execute(sa.insert(Event).values(handled_at=handled_at), rows)
    if awaits:
        doorbell.ring_after_commit()


def _plain(fact: Any) -> Any:
    return fact.isoformat() if isinstance(fact, datetime) else fact
