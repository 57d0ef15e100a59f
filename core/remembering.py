"""Remembering for a few seconds what everybody asks for: one looks it up, the others get it too."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import Unavailable

LOOK_SECONDS = 5.0
"""How long one waits for another who is looking the same thing up."""
MOST_LOOKS = 3
"""How many others may try and fail before one who waits gives up."""
STALE_SECONDS = 30.0
"""How much longer than it is fresh an answer may be used, while somebody looks for a newer one."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Value]):
    value: Value
    until: float


class Remembered(Generic[Key, Value]):
    """`get` looks up what is not known or `seconds` old; a thousand who ask at once look once.

    Without that, the moment at which an answer runs out sends all who come just then to the
    database, which is the moment when it has least time for them. For `stale_seconds` more an
    answer is given to those who come while somebody looks for a newer one.
    """

    def __init__(
        self,
        look_up: Callable[[Key], Value],
        *,
        seconds: float,
        limit: int,
        stale_seconds: float = STALE_SECONDS,
    ) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._stale_seconds = stale_seconds
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: dict[Key, _Kept[Value]] = {}
        self._looking: dict[Key, threading.Event] = {}

    def get(self, key: Key) -> Value:
        """Raises what looking it up raises, which is not remembered; Unavailable if nobody did."""
        for _ in range(MOST_LOOKS):
            kept, now = self._kept.get(key), time.monotonic()
            if kept and now < kept.until:
                return kept.value
            with self._lock:
                found = self._looking.get(key)
                if found is None:
                    self._looking[key] = threading.Event()
            if found is None:
                return self._look(key)
            if kept and now < kept.until + self._stale_seconds:
                return kept.value
            found.wait(LOOK_SECONDS)
        raise Unavailable("We are very busy right now. Nothing was lost; please try again.")

    def forget(self) -> None:
        """Look everything up afresh, as a process does that has just begun."""
        with self._lock:
            self._kept = {}

    def _look(self, key: Key) -> Value:
        kept = self._kept
        try:
            value = self._look_up(key)
            with self._lock:
                if len(kept) >= self._limit:  # somebody tries what does not exist
                    kept.clear()
                # If everything has been forgotten meanwhile, this is too old, and goes with it.
                kept[key] = _Kept(value, time.monotonic() + self._seconds)
            return value
        finally:
            with self._lock:
                self._looking.pop(key).set()
