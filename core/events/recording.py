"""Recording that something happened."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from core import actors, references
from core.database import copy_rows, db
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
    awaits = _awaited_after(event_type)
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


class Happening(NamedTuple):
    """One of many events: what happened to whom, by whom."""

    type: str
    subject_id: int
    subject_reference: str
    facts: Mapping[str, Any]
    actor: str


HAPPENING_COLUMNS = (
    "reference", "type", "subject_id", "subject_reference", "data", "actor", "awaits", "handled_at",
)  # fmt: skip


def record_each(happenings: Iterable[Happening], *, at: datetime) -> None:
    """Write many events at once, in the order in which they happened; `at` by the database."""
    awaited: dict[str, list[str]] = {}
    rows = []
    for each in happenings:
        awaits = awaited.get(each.type)
        if awaits is None:
            awaits = awaited[each.type] = _awaited_after(each.type)
        rows.append(
            (
                references.new("event"),
                each.type,
                each.subject_id,
                each.subject_reference,
                json.dumps(each.facts),
                each.actor,
                awaits,
                None if awaits else at,
            )
        )
    if rows:
        copy_rows(Event, HAPPENING_COLUMNS, rows)
    if any(awaited.values()):
        doorbell.ring_after_commit()


def _awaited_after(event_type: str) -> list[str]:
    return [name for ask in _reactions_to for name in ask(event_type)]


def _plain(fact: Any) -> Any:
    return fact.isoformat() if isinstance(fact, datetime) else fact
