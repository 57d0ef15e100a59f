"""Waking the relay after a commit. A bell that is not heard costs a few seconds, nothing else."""

import redis
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, SessionTransaction

from core.database import BoundSession, binding, db
from core.redis import NotAsked, asking

BELL = "tts:bell"
"""A Redis list of the schemas in whose log something waits."""
BELL_LIMIT = 10_000

log = structlog.get_logger()


def ring_after_commit() -> None:
    db.session().info["ring"] = True


@sa.event.listens_for(BoundSession, "after_commit")
def _after_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint: what it says is not true for anybody else yet
    if session.info.pop("ring", False):
        ring()


@sa.event.listens_for(BoundSession, "after_soft_rollback")
def _after_rollback(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:  # after a savepoint's the rest goes on, and its bell with it
        session.info.pop("ring", None)


def ring() -> None:
    """Tell the relay to look into the bound reseller's log now. It listens at the main cell."""
    bound = binding()
    if bound is None:
        return
    try:
        with asking() as client:
            pipe = client.pipeline(transaction=False)
            pipe.lpush(BELL, bound.schema)
            pipe.ltrim(BELL, 0, BELL_LIMIT - 1)
            pipe.execute()
    except NotAsked:
        pass  # whoever asked last has said why
    except redis.RedisError as error:
        log.warning("doorbell.unheard", schema=bound.schema, error=str(error))
