"""Remembering for a few seconds what everybody asks for: one looks it up, the others get it too."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

LOOK_SECONDS = 5.0
"""How long one waits for another who is looking the same thing up for the first time."""
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
    database, which is the moment when it has least time for them.
    """

    def __init__(self, look_up: Callable[[Key], Value], *, seconds: float, limit: int) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: dict[Key, _Kept[Value]] = {}
        self._looking: dict[Key, threading.Event] = {}

    def get(self, key: Key) -> Value:
        """Raises what looking it up raises; that is not remembered."""
        kept, now = self._kept.get(key), time.monotonic()
        if kept and now < kept.until:
            return kept.value
        with self._lock:
            found = self._looking.get(key)
            if found is None:
                self._looking[key] = threading.Event()
        if found is None:
            return self._look(key)
        if kept and now < kept.until + STALE_SECONDS:
            return kept.value
        found.wait(LOOK_SECONDS)
        kept = self._kept.get(key)
        return kept.value if kept else self._look_up(key)

    def forget(self) -> None:
        """Look everything up afresh, as a process does that has just begun."""
        with self._lock:
            self._kept = {}

    def _look(self, key: Key) -> Value:
        try:
            value = self._look_up(key)
            with self._lock:
                if len(self._kept) >= self._limit:  # somebody tries what does not exist
                    self._kept = {}
                self._kept[key] = _Kept(value, time.monotonic() + self._seconds)
            return value
        finally:
            with self._lock:
                self._looking.pop(key).set()
