"""Keeping and finding answers."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from core.database import copy_rows, db
from core.errors import Refused
from core.idempotency.models import IdempotencyKey

MAX_KEY_LENGTH = 255
KEPT_DAYS = 7

OTHER_BODY = "This Idempotency-Key was used for a request with another body."

FIND = sa.text(
    "SELECT kept.scope, kept.key, kept.request_hash, kept.status, kept.body"
    " FROM unnest(CAST(:scopes AS text[]), CAST(:keys AS text[])) AS asked (scope, key)"
    " JOIN idempotency_keys AS kept ON kept.scope = asked.scope AND kept.key = asked.key"
)
COLUMNS = ("scope", "key", "request_hash", "status", "body")


class KeyReused(Refused):
    """The key was used before, for something else."""

    code = "idempotency_key_reused"
    title = "This key belongs to another request"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


@dataclass(frozen=True)
class RequestKey:
    """The key that a request came under, and what it was, so that another is told apart."""

    scope: str
    key: str
    request_hash: str

    @property
    def name(self) -> tuple[str, str]:
        return self.scope, self.key


@dataclass(frozen=True)
class KeptAnswer:
    """An answer that was given before, to the request of this hash."""

    request_hash: str
    answer: Answer

    def to(self, request: RequestKey) -> Answer:
        """Raises KeyReused if it was another request."""
        if self.request_hash != request.request_hash:
            raise KeyReused(OTHER_BODY)
        return self.answer


def request_hash(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def find_answers(requests: Collection[RequestKey]) -> Mapping[tuple[str, str], KeptAnswer]:
    """Those answers that were given before, by the name of their key; in one statement."""
    if not requests:
        return {}
    asked = {
        "scopes": [request.scope for request in requests],
        "keys": [request.key for request in requests],
    }
    return {
        (row.scope, row.key): KeptAnswer(row.request_hash, Answer(row.status, row.body))
        for row in db.session.execute(FIND, asked)
    }


def find_answer(request: RequestKey) -> Answer | None:
    """The answer given before. Raises KeyReused if the request was another one."""
    kept = find_answers([request]).get(request.name)
    return kept.to(request) if kept else None


def keep_answers(answers: Iterable[tuple[RequestKey, Answer]]) -> None:
    """In the transaction of their effects. IntegrityError if a twin was faster."""
    rows = [
        (request.scope, request.key, request.request_hash, answer.status, answer.body)
        for request, answer in answers
    ]
    if rows:
        copy_rows(IdempotencyKey, COLUMNS, rows)


def forget_old() -> None:
    """Forget answers that nobody asks for again."""
    age = sa.func.clock_timestamp() - sa.func.make_interval(0, 0, 0, KEPT_DAYS)
    db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < age))
