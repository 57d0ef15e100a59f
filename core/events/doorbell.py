"""Waking the relay after a commit. A bell that is not heard costs a few seconds, nothing else."""

import redis
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from core.database import BoundSession, binding, db
from core.redis import client

BELL = "tts:bell"
"""A Redis list of the schemas in whose log something waits."""
BELL_LIMIT = 10_000

log = structlog.get_logger()


def ring_after_commit() -> None:
    db.session().info["ring"] = True


@sa.event.listens_for(BoundSession, "after_commit")
def _after_commit(session: Session) -> None:
    if session.info.pop("ring", False):
        ring()


@sa.event.listens_for(BoundSession, "after_soft_rollback")
def _after_rollback(session: Session, _: object) -> None:
    session.info.pop("ring", None)


def ring() -> None:
    """Tell the relay of the bound reseller's cell to look into its log now."""
    bound = binding()
    if bound is None:
        return
    try:
        pipe = client(bound.cell).pipeline(transaction=False)
        pipe.lpush(BELL, bound.schema)
        pipe.ltrim(BELL, 0, BELL_LIMIT - 1)
        pipe.execute()
    except redis.RedisError as error:
        log.warning("doorbell.unheard", schema=bound.schema, error=str(error))
