"""Idempotency-Key: the same request twice has one effect, and the same answer byte for byte.

The row is written in the transaction of the effect itself, so there is never one without the other
(draft-ietf-httpapi-idempotency-key-header-07).
"""

from core.idempotency.answering import (
    MAX_KEY_LENGTH,
    OTHER_BODY,
    Answer,
    KeptAnswer,
    KeyReused,
    RequestKey,
    find_answer,
    find_answers,
    forget_old,
    keep_answers,
    request_hash,
)
from core.idempotency.models import IdempotencyKey

__all__ = [
    "MAX_KEY_LENGTH",
    "OTHER_BODY",
    "Answer",
    "IdempotencyKey",
    "KeptAnswer",
    "KeyReused",
    "RequestKey",
    "find_answer",
    "find_answers",
    "forget_old",
    "keep_answers",
    "request_hash",
]
