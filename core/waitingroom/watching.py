"""Watching who comes, and how the box office bears it.

A show that gets more visitors than usual is given a waiting room by itself. Every process counts
visits in memory and adds them up in Redis once a second, where the relay's clock reads the sum; so
it does with how long orders take. Without Redis nothing is counted, and nothing opens.
"""

import os
import threading
import time
from collections import Counter
from typing import NamedTuple

import redis
import structlog

from core import boxoffice
from core.database import binding
from core.redis import asking
from core.waitingroom.rooms import Room

FLUSH_SECONDS = 1.0
MOST_SHOWS = 10_000
"""Counted at once in one process; what comes on top is not."""
KEEP_SECONDS = 10
SPAN_SECONDS = 2
"""Whole seconds that are looked back on."""

log = structlog.get_logger()


class Visited(NamedTuple):
    """A show that somebody looks at or orders from."""

    cell: str
    schema: str
    show: str

    @property
    def field(self) -> str:
        return f"{self.schema}:{self.show}"


def note_visit(show: str) -> None:
    """Somebody wants tickets of this show of the bound reseller. Waits for nothing."""
    bound = binding()
    if bound is not None:
        counter.add(Visited(bound.cell, bound.schema, show))


def visits_by_show(cell: str) -> dict[tuple[str, str], float]:
    """Visits a second by schema and reference of the show, lately; none without Redis."""
    try:
        with asking(cell) as server:
            now = int(server.time()[0])
            pipe = server.pipeline(transaction=False)
            for second in range(now - SPAN_SECONDS, now):
                pipe.hgetall(_key("visits", second))
            counted = pipe.execute()
    except redis.RedisError:
        return {}
    total: Counter[tuple[str, str]] = Counter()
    for each in counted:
        for field, count in each.items():
            schema, _, show = field.partition(":")
            total[schema, show] += int(count)
    return {which: count / SPAN_SECONDS for which, count in total.items()}


def strain_ms(room: Room) -> float:
    """How long orders of this reseller take, where they take longest; 0 if nobody knows."""
    try:
        with asking(room.cell) as server:
            now = int(server.time()[0])
            pipe = server.pipeline(transaction=False)
            for second in range(now - SPAN_SECONDS, now + 1):
                pipe.hgetall(_key("waits", second))
            found = pipe.execute()
    except redis.RedisError:
        return 0.0
    waits = [ms for each in found for field, ms in each.items() if field.startswith(room.schema)]
    return max(map(float, waits), default=0.0)


def visits_a_second(room: Room) -> float:
    return visits_by_show(room.cell).get((room.schema, room.show), 0.0)


def _key(what: str, second: int) -> str:
    return f"tts:{what}:{second}"


class VisitCounter:
    """What has been counted in this process since the last flush, and the thread that flushes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Visited] = Counter()
        self._has_begun = False

    def add(self, visited: Visited) -> None:
        with self._lock:
            if visited in self._counts or len(self._counts) < MOST_SHOWS:
                self._counts[visited] += 1
            if not self._has_begun:
                self._has_begun = True
                threading.Thread(target=self._run, name="visits", daemon=True).start()

    def flush(self) -> None:
        with self._lock:
            counts, self._counts = self._counts, Counter()
        for cell in {visited.cell for visited in counts}:
            _add_up(cell, {each: n for each, n in counts.items() if each.cell == cell})

    def _run(self) -> None:
        while True:
            time.sleep(FLUSH_SECONDS)
            try:
                self.flush()
            except Exception:  # a thread that ended would be noticed by nobody
                log.exception("waiting_room.uncounted")


def _add_up(cell: str, counts: dict[Visited, int]) -> None:
    try:
        with asking(cell) as server:
            second = int(server.time()[0])
            visits, waits = _key("visits", second), _key("waits", second)
            pipe = server.pipeline(transaction=False)
            for visited, count in counts.items():
                pipe.hincrby(visits, visited.field, count)
            for schema, ms in boxoffice.observed().items():
                pipe.hset(waits, f"{schema}:{os.getpid()}", round(ms))
            for key in (visits, waits):
                pipe.expire(key, KEEP_SECONDS)
            pipe.execute()
    except redis.RedisError:
        return  # core.redis has said so


counter = VisitCounter()


def _begin_anew() -> None:
    """After a fork: the thread, and whoever had the lock, stayed behind."""
    global counter  # noqa: PLW0603  # a process has one
    counter = VisitCounter()


os.register_at_fork(after_in_child=_begin_anew)
