"""Keeping and finding answers."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from core.database import db
from core.errors import Refused
from core.idempotency.models import IdempotencyKey

MAX_KEY_LENGTH = 255
KEPT_DAYS = 7


class KeyReused(Refused):
    """The key was used before, for something else."""

    code = "idempotency_key_reused"
    title = "This key belongs to another request"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


def request_hash(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def find_answer(scope: str, key: str, hashed: str) -> Answer | None:
    """The answer given before. Raises KeyReused if the request was another one."""
    row = db.session.scalars(
        sa.select(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != hashed:
        raise KeyReused("This Idempotency-Key was used for a request with another body.")
    return Answer(row.status, row.body)


def keep_answer(scope: str, key: str, hashed: str, answer: Answer) -> None:
    """In the transaction of the effect. IntegrityError if a twin was faster."""
    db.session.execute(
        sa.insert(IdempotencyKey).values(
            scope=scope, key=key, request_hash=hashed, status=answer.status, body=answer.body
        )
    )


def forget_old() -> None:
    """Forget answers that nobody asks for again."""
    age = sa.func.clock_timestamp() - sa.func.make_interval(0, 0, 0, KEPT_DAYS)
    db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < age))
