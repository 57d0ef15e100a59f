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
from alembic.operations import Operations

SMALL_TABLE_BYTES = 32 * 1024 * 1024
"""About 200,000 orders: an index on them takes 0.1 to 0.4 seconds on a small, busy machine."""
CONCURRENT_TIMEOUT_SECONDS = 1800
LIMITS = ("lock_timeout", "statement_timeout")


@contextlib.contextmanager
def each_step_by_itself(op: Operations) -> Iterator[None]:
    """Every statement inside is committed as soon as it is done."""
    with op.get_context().autocommit_block():
        yield


def build(op: Operations, name: str, definition: str, *, is_unique: bool = False) -> None:
    """Build an index unless it is there: build(op, "ix_shows_title", "shows (title)")."""
    how = _how(op, table=definition.split(maxsplit=1)[0])
    if _is_half_built(op, name):
        op.execute(f"DROP INDEX {name}")
    with _patience(op, how):
        unique = "UNIQUE " if is_unique else ""
        op.execute(f"CREATE {unique}INDEX {how} IF NOT EXISTS {name} ON {definition}")


def drop(op: Operations, name: str, *, table: str) -> None:
    """Drop an index if it is there."""
    how = _how(op, table=table)
    with _patience(op, how):
        op.execute(f"DROP INDEX {how} IF EXISTS {name}")


def _how(op: Operations, *, table: str) -> str:
    size: int = op.get_bind().execute(sa.select(sa.func.pg_table_size(table))).scalar_one()
    return "" if size <= SMALL_TABLE_BYTES else "CONCURRENTLY"


def _is_half_built(op: Operations, name: str) -> bool:
    """What an attempt leaves behind that was cut off."""
    query = sa.text(
        "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid"
    )
    return op.get_bind().scalar(query, {"name": name}) is not None


@contextlib.contextmanager
def _patience(op: Operations, how: str) -> Iterator[None]:
    """Time enough for what blocks nobody; for what does, the run's own short limits stay."""
    if not how:
        yield
        return
    before = [op.get_bind().scalar(sa.text(f"SHOW {limit}")) for limit in LIMITS]
    for limit in LIMITS:
        op.execute(f"SET {limit} = '{CONCURRENT_TIMEOUT_SECONDS}s'")
    yield  # whoever fails in here closes the connection
    for limit, usual in zip(LIMITS, before, strict=True):
        op.execute(f"SET {limit} = '{usual}'")
