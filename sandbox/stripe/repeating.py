"""Idempotency-Key, as Stripe's API v1 has it.

The first request with a key runs. Once work has begun its status and body are kept and given to
every later request with the same key and parameters, errors included. Other parameters, or another
address: 400. A twin that is still running: 409. What was refused before work began (a parameter
that makes no sense, a wrong key, a rate limit) keeps nothing.
"""

import hashlib
import json
import time
from dataclasses import dataclass

from sandbox.stripe.refusing import KeyInUse, KeyMisused, Refusal
from sandbox.stripe.store import Json, Store

KEY_CHARACTERS = 255
KEPT_SECONDS = 86_400


@dataclass(frozen=True)
class Kept:
    """An answer given before."""

    status: int
    body: str
    request_id: str


def begin(store: Store, key: str, path: str, params: Json, request_id: str) -> Kept | None:
    """Claim the key, or find what it was answered. Raises KeyMisused, KeyInUse, Refusal."""
    if len(key) > KEY_CHARACTERS:
        raise Refusal(f"Idempotency keys can be up to {KEY_CHARACTERS} characters.")
    fingerprint = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    with store.transaction():
        store.write("DELETE FROM answers WHERE begun_at < ?", time.time() - KEPT_SECONDS)
        rows = store.rows(
            "SELECT path, fingerprint, request, status, body FROM answers WHERE key = ?", key
        )
        if not rows:
            store.write(
                "INSERT INTO answers (key, path, fingerprint, request, begun_at)"
                " VALUES (?, ?, ?, ?, ?)",
                key, path, fingerprint, request_id, time.time(),
            )  # fmt: skip
            return None
    first_path, first_fingerprint, first_request, status, body = rows[0]
    if first_path != path:
        raise KeyMisused(
            "Keys for idempotent requests can only be used for the same endpoint they were first "
            f"used for ('{path}' vs '{first_path}'). Try using a key other than '{key}' if you "
            "meant to execute a different request."
        )
    if first_fingerprint != fingerprint:
        raise KeyMisused(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request."
        )
    if status is None:
        raise KeyInUse(
            "There is currently another in-progress request using this Idempotency-Key (that "
            f"probably means you submitted twice, and the other request is still going): {key}",
            code="idempotency_key_in_use",
        )
    return Kept(status, body, first_request)


def keep(store: Store, key: str, status: int, body: str) -> None:
    """Remember the answer. Inside the transaction of the work itself, where there was any."""
    store.write("UPDATE answers SET status = ?, body = ? WHERE key = ?", status, body, key)


def let_go(store: Store, key: str) -> None:
    """Nothing was done under this key: it is free again."""
    store.write("DELETE FROM answers WHERE key = ? AND status IS NULL", key)
