"""Publishing what is left: after the commit that made it so, and never in the way of a sale.

An act notes what it has changed; the commit hands the notes to a thread, one in each process, which
takes the newest of each show to Redis. What it cannot carry is dropped: readers look again after
published.LOOK_SECONDS.
"""

import os
import threading
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import redis
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, SessionTransaction

from core.boxoffice.published import Counts, document_of, record
from core.database import BoundSession, binding, db
from core.redis import asking, is_answering

NOTES = "stock changed"
"""In the session: a note for each act, and the transaction or savepoint it was in."""
PAUSE_SECONDS = 0.02
"""Between two rounds: what changes meanwhile is published once."""
MOST_WAITING = 10_000
"""Shows whose numbers wait to be published; what comes on top is dropped."""
MOST_IN_A_ROUND = 200
"""Shows in one request to Redis."""

log = structlog.get_logger()


class Place(NamedTuple):
    """Where a show's document is."""

    cell: str
    document: str


Changed = tuple[int, int, int, int, int, int]
"""Id of a ticket type, id of its show, then its counts."""
Note = tuple[SessionTransaction | None, Sequence[sa.Row[*Changed]]]


def note(changed: Sequence[sa.Row[*Changed]]) -> None:
    """Have this published if it is committed."""
    session = db.session()
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(NOTES, []).append((within, changed))


@sa.event.listens_for(BoundSession, "after_commit")
def _after_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint: it is not true for anybody else yet
    notes = session.info.pop(NOTES, None)
    if not notes:
        return
    try:
        publisher.put(_stock(notes, session.get_transaction()))
    except Exception:  # it is committed: nobody is to be told otherwise
        log.exception("availability.unpublished")


def _stock(
    notes: list[Note], committed: SessionTransaction | None
) -> dict[Place, dict[int, Counts]]:
    """What the committed ones of these notes come to."""
    bound = binding()
    assert bound
    stock: dict[Place, dict[int, Counts]] = {}
    for within, changed in notes:
        if _is_inside(within, committed):
            for type_id, show_id, *counts in changed:
                place = Place(bound.cell, document_of(bound.schema, show_id))
                stock.setdefault(place, {})[type_id] = Counts(*counts)
    return stock


@sa.event.listens_for(BoundSession, "after_soft_rollback")
def _after_rollback(session: Session, ended: SessionTransaction) -> None:
    notes = session.info.get(NOTES)
    if notes:
        notes[:] = [each for each in notes if not _is_inside(each[0], ended)]


def _is_inside(transaction: SessionTransaction | None, outer: SessionTransaction | None) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is not None


class Publisher:
    """What waits to be published in this process, and the thread that does it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._has_some = threading.Event()
        self._waiting: dict[Place, dict[int, Counts]] = {}
        self._has_begun = False

    def put(self, stock: dict[Place, dict[int, Counts]]) -> None:
        """Publish this soon. Waits for nothing."""
        with self._lock:
            for place, counts in stock.items():
                if not is_answering(place.cell):
                    continue
                if place not in self._waiting and len(self._waiting) >= MOST_WAITING:
                    continue
                known = self._waiting.setdefault(place, {})
                for type_id, each in counts.items():
                    # Commits come in order, those who tell of them here perhaps not.
                    if type_id not in known or not known[type_id].is_after(each):
                        known[type_id] = each
            if not self._has_begun:
                threading.Thread(target=self._run, name="publisher", daemon=True).start()
                self._has_begun = True
        self._has_some.set()

    def _run(self) -> None:
        while self._has_some.wait():
            for cell, documents in self._draw().items():
                self._publish(cell, documents)
            time.sleep(PAUSE_SECONDS)

    def _draw(self) -> dict[str, dict[str, dict[int, Counts]]]:
        """Counts by cell and document, at most MOST_IN_A_ROUND."""
        drawn: dict[str, dict[str, dict[int, Counts]]] = {}
        with self._lock:
            for place in list(islice(self._waiting, MOST_IN_A_ROUND)):
                drawn.setdefault(place.cell, {})[place.document] = self._waiting.pop(place)
            if not self._waiting:
                self._has_some.clear()
        return drawn

    def _publish(self, cell: str, documents: Mapping[str, Mapping[int, Counts]]) -> None:
        try:
            with asking(cell) as client:
                pipe = client.pipeline(transaction=False)
                for document, counts in documents.items():
                    record(pipe, document, counts)
                pipe.execute()
        except redis.RedisError:
            pass  # core.redis has said so
        except Exception:  # whatever it is, what comes after is to be published
            log.exception("availability.unpublished")


publisher = Publisher()


def _begin_anew() -> None:
    """After a fork: the thread, and whoever had the lock, stayed behind."""
    global publisher  # noqa: PLW0603  # a process has one
    publisher = Publisher()


os.register_at_fork(after_in_child=_begin_anew)
