"""What Redis says is left, beside what the database says."""

import itertools
import time
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from core.boxoffice import publishing
from core.boxoffice.published import NEXT_EXPIRY, Counts, document_of, record
from core.boxoffice.publishing import Place
from core.catalogue import TicketType
from core.database import binding, db
from core.redis import client

PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.02
_versions = itertools.count(1)


def place(show_id: int) -> str:
    bound = binding()
    assert bound
    return document_of(bound.schema, show_id)


def counts(show_id: int) -> dict[int, Counts]:
    """As published, by id of the ticket type."""
    fields = client().hgetall(place(show_id))
    fields.pop(NEXT_EXPIRY, None)
    return {int(kind): Counts(*map(int, text.split())) for kind, text in fields.items()}


def published(show_id: int) -> dict[int, tuple[int, int]]:
    """Held and sold, as published, by id of the ticket type."""
    return {kind: (each.held, each.sold) for kind, each in counts(show_id).items()}


def tell(show_id: int, *changes: Mapping[int, Counts]) -> None:
    """Publish these changes, in this order."""
    pipe = client().pipeline(transaction=False)
    for each in changes:
        record(pipe, place(show_id), each)
    pipe.execute()


def all_told() -> None:
    """Wait until everything that was committed so far has been published, or dropped."""
    last = {0: Counts(next(_versions), 0, 0, 0)}
    publishing.publisher.put({Place("main", place(0)): last})
    eventually(lambda: counts(0) == last)


def stored(show_id: int) -> dict[int, tuple[int, int]]:
    rows = db.session.execute(
        sa.select(TicketType.id, TicketType.held, TicketType.sold).where(
            TicketType.show_id == show_id
        )
    )
    found = {row.id: (row.held, row.sold) for row in rows}
    db.session.rollback()
    return found


def flush(show_id: int) -> None:
    """As if Redis had lost all it knew, for this show."""
    client().delete(place(show_id), f"{place(show_id)}:looked")


def eventually(holds: Callable[[], Any]) -> None:
    """Wait for it, PATIENCE_SECONDS at most."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(PAUSE_SECONDS)
