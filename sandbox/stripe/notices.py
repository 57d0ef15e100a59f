"""Events, and the notices (webhooks) that tell them: written with the fact itself."""

import json
import time
from contextvars import ContextVar
from dataclasses import dataclass

from sandbox.stripe import behaviour
from sandbox.stripe.store import Json, Store, new_id

REORDER_WINDOW_SECONDS = 0.3
REORDER_STEP_SECONDS = 0.04
REORDER_PLACES = 12


@dataclass(frozen=True)
class Asked:
    """The request that is being answered; a thing that happens by itself has none."""

    request_id: str | None = None
    idempotency_key: str | None = None
    api_version: str | None = None


BY_ITSELF = Asked()
ASKED: ContextVar[Asked] = ContextVar("asked", default=BY_ITSELF)


def record(store: Store, kind: str, subject: Json, *, before: Json | None = None) -> Json:
    """Keep an event about `subject` and put its notice in line. Inside the caller's transaction."""
    asked = ASKED.get()
    happened: Json = {"object": subject}
    if before is not None:
        happened["previous_attributes"] = before
    is_told = bool((store.setting("webhook") or {}).get("url"))
    event: Json = {
        "id": new_id("event"),
        "object": "event",
        "api_version": asked.api_version or API_VERSION,
        "created": int(time.time()),
        "data": json.loads(json.dumps(happened)),
        "livemode": False,
        "pending_webhooks": int(is_told),
        "request": {"id": asked.request_id, "idempotency_key": asked.idempotency_key},
        "type": kind,
    }
    store.insert(event)
    if is_told:
        _line_up(store, event["id"])
    return event


API_VERSION = "2026-10-28.endive"
"""What the pinned stripe-python asks for; also what events carry that no request caused."""


def _line_up(store: Store, event_id: str) -> None:
    now = time.time()
    wanted = behaviour.current(store)
    if behaviour.take_one(store, "drop_notices"):
        _insert(store, event_id, "dropped", now)
        return
    due_at = now + wanted["delay_notices_ms"] / 1000
    if wanted["reorder_notices"]:
        due_at += _backwards_seconds(store, now)
    _insert(store, event_id, "waiting", due_at)
    if behaviour.take_one(store, "duplicate_notices"):
        _insert(store, event_id, "waiting", due_at)


def _backwards_seconds(store: Store, now: float) -> float:
    """The later of two notices within a moment is sent first."""
    ahead: int = store.rows(
        "SELECT count(*) FROM notices WHERE state = 'waiting' AND attempts = 0 AND due_at > ?", now
    )[0][0]
    return REORDER_WINDOW_SECONDS + max(0, REORDER_PLACES - ahead) * REORDER_STEP_SECONDS


def _insert(store: Store, event_id: str, state: str, due_at: float) -> None:
    store.write(
        "INSERT INTO notices (event, state, due_at) VALUES (?, ?, ?)", event_id, state, due_at
    )


def send_again(store: Store, event_id: str) -> bool:
    """Put a fresh notice about an event in line, as Stripe's 'Resend' does."""
    if store.find(event_id, "event") is None:
        return False
    _insert(store, event_id, "waiting", time.time())
    return True
