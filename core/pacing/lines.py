"""Asking for a time at which Stripe may be asked."""

import hashlib
import threading
import time
from dataclasses import dataclass
from functools import lru_cache

import redis

from core import settings
from core.pacing import scripts
from core.redis import asking

PAYMENTS = "payment_intents.create"
"""The endpoint that customers wait for."""

PATIENCE_SECONDS = 1.5
"""Whose turn is no further away may be made to wait for it there and then."""
FURTHEST_SECONDS = 10.0
"""No next request is further away than this, whatever Redis's clock does."""
KEEP_SECONDS = 120.0
"""For how long after its turn somebody who did not come is still first when it does."""
LATE_SECONDS = 1.0
"""For how long after its turn the others wait for somebody who does not come: whoever was told
whole seconds comes by then. Less than the patience, so that nobody is sent away for who is gone."""
UNDER_WAY_SECONDS = 20.0
"""How long a request is thought to be under way that nobody has said the end of."""
AGAIN_SECONDS = 1.0
"""When to look again for the end of a request that is under way; later the longer it takes."""
LOCAL_SHARE = 0.2
"""Which part of the rate a process takes for itself while Redis cannot be asked: with five that
ask Stripe (two web workers, the relay and a worker of jobs are usual), all of them keep to it."""
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Slot:
    """When somebody's turn is, `wait_seconds` from now."""

    wait_seconds: float
    is_new: bool
    """Whether a turn was given just now; for a name that had none."""
    is_yours: bool
    """Whether to wait that long and go: it counts as used. Else: ask again after so long."""


def interval_seconds() -> float:
    return 1 / settings.load().stripe_payments_per_second


def reserve(name: str) -> Slot:
    """The turn of `name` to ask Stripe for a payment intent; the same however often it asks.

    A turn is good for one request: who asks again while that is under way is told to look again
    in a while, and after `finish` it is given another. Waits for nothing but Redis, and not for
    that either if it is away.
    """
    try:
        return _slot(_ask_for(name, "reserve"))
    except redis.RedisError:  # core.redis has said so
        return _bucket(PAYMENTS).take(PATIENCE_SECONDS)


def find_wait(name: str) -> float | None:
    """How many seconds `name` still has to wait, without asking for a turn; None if it has none."""
    try:
        slot = _slot(_ask_for(name, "look"))
    except redis.RedisError:
        return None
    return None if slot.is_new else slot.wait_seconds


def finish(name: str) -> None:
    """Its request came to nothing: who asks again under this name is given a turn of its own."""
    try:
        with asking() as client:
            client.eval(scripts.FINISH, 1, _turn(name))
    except redis.RedisError:
        pass  # it is over after UNDER_WAY_SECONDS by itself


def take(endpoint: str, *, patience_seconds: float) -> Slot:
    """The next time at which this endpoint may be asked; not ours if that is too far away."""
    assert patience_seconds <= FURTHEST_SECONDS
    try:
        with asking() as client:
            return _slot(
                client.eval(scripts.TAKE, 1, f"{place(endpoint)}:next", *limits(patience_seconds))
            )
    except redis.RedisError:
        return _bucket(endpoint).take(patience_seconds)


def place(endpoint: str) -> str:
    """Where Redis keeps the budget of an endpoint; all of it on one machine of a cluster."""
    return f"tts:pacing:{{{_account(settings.load().stripe_secret_key)}:{endpoint}}}"


@lru_cache(maxsize=4)
def _account(secret_key: str) -> str:
    """A name for our account at Stripe from which nobody finds the key."""
    return hashlib.sha256(secret_key.encode()).hexdigest()[:16]


def keys() -> list[str]:
    """What all payments have in common."""
    return [f"{place(PAYMENTS)}:{each}" for each in ("next", "line", "due")]


def _turn(name: str) -> str:
    return f"{place(PAYMENTS)}:turn:{name}"


def limits(patience_seconds: float = PATIENCE_SECONDS) -> list[int]:
    """What every script is told first: interval, patience and furthest, in µs."""
    return [_micro(interval_seconds()), _micro(patience_seconds), _micro(FURTHEST_SECONDS)]


def _micro(seconds: float) -> int:
    """Rounded up: rather a little slower than the rate than faster."""
    return -int(-seconds * MICRO // 1)


def _ask_for(name: str, wish: str) -> list[int]:
    waits = (KEEP_SECONDS, LATE_SECONDS, UNDER_WAY_SECONDS, AGAIN_SECONDS)
    arguments: list[int | str] = [*limits(), name, wish, *map(_micro, waits)]
    with asking() as client:
        answer: list[int] = client.eval(scripts.RESERVE, 4, *keys(), _turn(name), *arguments)
    return answer


def _slot(answer: list[int]) -> Slot:
    wait, is_new, is_yours = answer
    return Slot(wait / MICRO, bool(is_new), bool(is_yours))


class Bucket:
    """The budget of this process alone. Nobody has a turn here: who comes in time, goes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0.0

    def take(self, patience_seconds: float) -> Slot:
        with self._lock:
            now = time.monotonic()
            next_at = max(self._next, now)
            if next_at - now > patience_seconds:
                return Slot(next_at - now, is_new=False, is_yours=False)
            self._next = next_at + interval_seconds() / LOCAL_SHARE
            return Slot(next_at - now, is_new=False, is_yours=True)


@lru_cache(maxsize=16)
def _bucket(_endpoint: str) -> Bucket:
    return Bucket()
