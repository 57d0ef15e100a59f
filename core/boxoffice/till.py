"""The till: one at a time at a reseller's stock, lined up before anybody looks at it.

LOCK TABLE is the first statement of the transaction and takes no snapshot (nor does the SET that
binds it), so what follows sees everything its predecessors committed: under SERIALIZABLE the
waiting costs a place in line instead of an abort (docs/decisions/0003).
"""

import random
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Model, db, driver_connection
from core.errors import Unavailable
from core.failpoints import failpoint

T = TypeVar("T")

MAX_ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.005
LOCK_TIMEOUT_MS = 3000
SILENCE_MS = 10_000
"""Who has the till and says nothing for so long loses it: gone, with its machine or its network.

In the middle of a COPY a server waits for ever for a process that is there and hangs; a web worker
that hangs is killed by gunicorn (deploy/gunicorn.py: timeout).
"""


class Why(StrEnum):
    """Why a transaction came to nothing."""

    OVERTAKEN = "overtaken"
    CUT_OFF = "cut off"
    WAITED_TOO_LONG = "waited too long"
    MISTAKE = "mistake"


BEGUN_AGAIN = frozenset({Why.OVERTAKEN, Why.CUT_OFF})
CODES = {
    "40001": Why.OVERTAKEN,  # serialization failure
    "40P01": Why.OVERTAKEN,  # deadlock
    "55P03": Why.WAITED_TOO_LONG,  # the line at the till was longer than we make people wait
    "57014": Why.WAITED_TOO_LONG,
    "25P03": Why.CUT_OFF,  # silent for too long
    "57P01": Why.CUT_OFF,  # the server is being stopped, has crashed, or is starting
    "57P02": Why.CUT_OFF,
    "57P03": Why.CUT_OFF,
    "53": Why.WAITED_TOO_LONG,  # too many connections, no memory, no room on the disk
    "25006": Why.WAITED_TOO_LONG,  # a server that only reads: it has just been failed over
    "08": Why.CUT_OFF,
}
"""By SQLSTATE or its class; whatever else it is, is a mistake."""

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


class Unknown(Unavailable):
    """The connection was lost while it was being written down: it may have happened, or not.

    Asking again under the same key tells which.
    """

    code = "outcome_unknown"
    title = "We do not know yet"
    retry_after_seconds = 1


class Overtaken(Exception):
    """Somebody changed the stock between our look and our writing: begin again.

    Cannot happen at the till; said by the wall behind it.
    """


VERY_MANY = "Very many people are buying right now. Please try again."
ASK_AGAIN = "We do not know yet what became of this. Please ask again."

ISOLATION = "SERIALIZABLE"
LINE_UP = (
    f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS};"
    f"SET LOCAL idle_in_transaction_session_timeout = {SILENCE_MS};"
    "SET LOCAL tcp_keepalives_idle = 5; SET LOCAL tcp_keepalives_interval = 2;"
    f"SET LOCAL tcp_keepalives_count = 3; SET LOCAL tcp_user_timeout = {SILENCE_MS};"
    "LOCK TABLE till IN EXCLUSIVE MODE"
)


def at_the_till(work: Callable[[], T], *, knows_itself: bool = False) -> T:
    """Run `work` alone at the bound reseller's stock, in one SERIALIZABLE transaction, and commit.

    `work` may be run again from the start: it touches the database only. What was loaded before is
    read afresh inside. `knows_itself`: run again, it finds out by itself what an earlier run has
    committed, so that even a connection lost at COMMIT is no reason to give up. The lock makes
    that safe: who has it knows that no earlier run is still under way. Raises Busy if the till
    stays taken, Unknown if it cannot be told whether it was committed, and what `work` raises.
    """
    session = db.session()
    is_unknown = False
    for attempt in range(1, MAX_ATTEMPTS + 1):
        session.rollback()  # what was read so far is older than what the till will show
        is_committing = False
        try:
            connection = session.connection(execution_options={"isolation_level": ISOLATION})
            driver_connection(connection).execute(LINE_UP, prepare=False)
            result = work()
            failpoint("till.before_commit")
            is_committing = True
            session.commit()
            failpoint("till.after_commit")
        except (sa.exc.SQLAlchemyError, psycopg.Error, Overtaken) as error:
            _give_up(session)
            why = _why(error)
            is_unknown |= is_committing and why is Why.CUT_OFF
            may_repeat = why in BEGUN_AGAIN and (knows_itself or not is_unknown)
            if may_repeat and attempt < MAX_ATTEMPTS:
                log.info("till.retried", why=why, attempt=attempt)
                time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311  # jitter
                continue
            if is_unknown:
                raise Unknown(ASK_AGAIN) from error
            if why is Why.MISTAKE:
                raise
            raise Busy(VERY_MANY) from error
        except Exception as error:
            _give_up(session)
            if is_unknown:  # of an earlier run, and this one has not found out
                raise Unknown(ASK_AGAIN) from error
            raise
        except BaseException:
            _give_up(session)
            raise
        else:
            return result
    raise AssertionError("the last attempt returns or raises")


def _why(error: Exception) -> Why:
    if isinstance(error, Overtaken):
        return Why.OVERTAKEN
    if isinstance(error, sa.exc.TimeoutError):  # no connection was free
        return Why.WAITED_TOO_LONG
    cause = getattr(error, "orig", error)
    if not isinstance(cause, psycopg.Error):
        return Why.MISTAKE
    code = cause.sqlstate
    if code is None:
        is_lost = isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
        return Why.CUT_OFF if is_lost else Why.MISTAKE
    return CODES.get(code) or CODES.get(code[:2], Why.MISTAKE)


def _give_up(session: Session) -> None:
    try:
        session.rollback()
    except (sa.exc.SQLAlchemyError, psycopg.Error):  # on a connection that is gone
        session.invalidate()
