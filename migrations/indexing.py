"""Building and dropping indexes while tickets are being sold.

CREATE INDEX lets nobody write to the table until it is done. On a small table that is over before
anybody notices; on a big one the index is built CONCURRENTLY: that takes longer, waits for whoever
is in the middle of something, and keeps nobody from writing. It cannot be part of a transaction, so
every step of such a migration stands for itself, holds no lock while it waits for another, and may
be run again after it was cut off.
"""

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

SMALL_TABLE_BYTES = 32 * 1024 * 1024
"""About 200,000 orders: an index on them takes 0.1 to 0.4 seconds on a small, busy machine."""
CONCURRENT_TIMEOUT_SECONDS = 1800


@contextlib.contextmanager
def each_step_by_itself() -> Iterator[None]:
    """Every statement inside is committed as soon as it is done."""
    with op.get_context().autocommit_block():
        yield


def build(name: str, definition: str) -> None:
    """Build an index unless it is there: build("ix_shows_title", "shows (title)")."""
    how = _how(definition.split(maxsplit=1)[0])
    if _is_half_built(name):
        op.execute(f"DROP INDEX {name}")
    with _patience(how):
        op.execute(f"CREATE INDEX {how} IF NOT EXISTS {name} ON {definition}")


def drop(name: str, *, table: str) -> None:
    """Drop an index if it is there."""
    how = _how(table)
    with _patience(how):
        op.execute(f"DROP INDEX {how} IF EXISTS {name}")


def _how(table: str) -> str:
    size = op.get_bind().scalar(sa.select(sa.func.pg_table_size(table)))
    return "" if size <= SMALL_TABLE_BYTES else "CONCURRENTLY"


def _is_half_built(name: str) -> bool:
    """What an attempt leaves behind that was cut off."""
    query = sa.text(
        "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid"
    )
    return op.get_bind().scalar(query, {"name": name}) is not None


@contextlib.contextmanager
def _patience(how: str) -> Iterator[None]:
    """Time enough for what blocks nobody; for what does, the run's own short limits stay."""
    limits = ("lock_timeout", "statement_timeout")
    before = [op.get_bind().scalar(sa.text(f"SHOW {limit}")) for limit in limits]
    if how:
        for limit in limits:
            op.execute(f"SET {limit} = '{CONCURRENT_TIMEOUT_SECONDS}s'")
    try:
        yield
    finally:
        for limit, usual in zip(limits, before, strict=True):
            op.execute(f"SET {limit} = '{usual}'")
