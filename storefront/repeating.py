"""The same form sent twice: a second click, back and again, an answer that never arrived."""

import re
import secrets
from collections.abc import Mapping

from flask import request

from core import idempotency, orders
from core.errors import Refused
from core.idempotency import Answer, RequestKey
from core.orders import Once, Snapshot, Wish

SCOPE = "storefront form"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
MAX_LIVES = 20
"""How often what was wanted under one key may come to nothing and be wanted anew."""


def new_key() -> str:
    """For a hidden field of a page: what is sent under it is one wish."""
    return secrets.token_urlsafe(24)


def place_once(key: str, fields: Mapping[str, str], wish: Wish) -> str:
    """Place the order, or find the one that was placed before; its reference.

    The same key with other fields is another wish: people go back and change their mind. So is one
    whose order has come to nothing since. A key that is missing or not of our making protects from
    nothing. Raises what `orders.place` raises; a refusal is not kept.
    """
    if not KEY.fullmatch(key):
        return orders.place(wish).reference
    hashed = _hash_of(fields)
    name = f"{key} {hashed}"
    for _ in range(MAX_LIVES):
        once = Once(RequestKey(SCOPE, name, hashed), _reference_of, _not_kept)
        placed = orders.place_once(wish, once)
        reference = placed.answer.body
        if not placed.is_repeated or orders.get_by_reference(reference).is_alive:
            return reference
        name = _after(key, reference)
    raise orders.HoldEnded("Please go back to the show and choose your tickets again.")


def placed_before(key: str, fields: Mapping[str, str]) -> str | None:
    """The reference of the living order that this form has led to; asks, and places nothing."""
    if not KEY.fullmatch(key):
        return None
    hashed = _hash_of(fields)
    name = f"{key} {hashed}"
    for _ in range(MAX_LIVES):
        answer = idempotency.find_answer(RequestKey(SCOPE, name, hashed))
        if answer is None:
            return None
        if orders.get_by_reference(answer.body).is_alive:
            return answer.body
        name = _after(key, answer.body)
    return None


def _hash_of(fields: Mapping[str, str]) -> str:
    written = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return idempotency.request_hash(request.method, request.path, written.encode())


def _after(key: str, reference: str) -> str:
    """Under what the same is wanted anew; the same for a twin of this request."""
    return f"{key} after {reference}"


def _reference_of(placed: Snapshot) -> Answer:
    return Answer(303, placed.reference)


def _not_kept(_: Refused) -> None:
    return None
