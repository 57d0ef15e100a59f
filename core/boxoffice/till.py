"""The till: one at a time at a reseller's stock, lined up before anybody looks at it.

LOCK TABLE is the first statement of the transaction and takes no snapshot (nor does the SET that
binds it), so what follows sees everything its predecessors committed: under SERIALIZABLE the
waiting costs a place in line instead of an abort (docs/decisions/0003).
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, db
from core.errors import Unavailable
from core.failpoints import failpoint

T = TypeVar("T")

MAX_ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.005
LOCK_TIMEOUT_MS = 3000
RETRIED = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the whole transaction may be run again."""
BUSY = frozenset({"55P03", "57014"})
"""The line at the till was longer than we make people wait."""

log = structlog.get_logger()


class Till(Model):
    """An empty table: its lock is the till. Of its own, so that autovacuum never meets the lock."""

    __tablename__ = "till"

    nothing: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Busy(Unavailable):
    """Nothing was changed; trying again is safe."""

    code = "box_office_busy"
    title = "The box office is very busy"
    retry_after_seconds = 1


def at_the_till(work: Callable[[], T]) -> T:
    """Run `work` alone at the bound reseller's stock, in one SERIALIZABLE transaction, and commit.

    `work` may be run again from the start: it touches the database only. What was loaded before is
    read afresh inside. Raises Busy if the till stays taken, and whatever `work` raises.
    """
    session = db.session()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        session.rollback()  # what was read so far is older than what the till will show
        try:
            session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
            session.execute(sa.text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
            session.execute(sa.text("LOCK TABLE till IN EXCLUSIVE MODE"))
            result = work()
            failpoint("till.before_commit")
            session.commit()
            failpoint("till.after_commit")
        except sa.exc.DBAPIError as error:
            session.rollback()
            code = getattr(error.orig, "sqlstate", None)
            if code in BUSY:
                raise Busy("Very many people are buying right now. Please try again.") from error
            if code not in RETRIED or attempt == MAX_ATTEMPTS:
                raise
            log.info("till.retried", sqlstate=code, attempt=attempt)
            time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311  # jitter
        except BaseException:
            session.rollback()
            raise
        else:
            return result
    raise AssertionError("the last attempt returns or raises")
