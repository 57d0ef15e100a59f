"""Connections to Redis, with every wait bounded. Redis decides nothing that matters."""

import contextlib
import threading
import time
from collections.abc import Iterator
from functools import lru_cache

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import settings
from core.settings import MAIN_CELL

CONNECT_TIMEOUT_SECONDS = 0.2
ANSWER_TIMEOUT_SECONDS = 0.5
PAUSE_SECONDS = 5.0
"""How long nobody asks a Redis that has failed; then one does, for all of the process."""

log = structlog.get_logger()


@lru_cache(maxsize=64)
def client(cell: str = MAIN_CELL) -> "redis.Redis":
    """For requests: answers fast or fails fast, and never repeats a command by itself."""
    return redis.Redis.from_url(
        settings.load().all_cells[cell].redis_url,
        socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
        socket_timeout=ANSWER_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


@lru_cache(maxsize=64)
def blocking_client(cell: str = MAIN_CELL) -> "redis.Redis":
    """For RQ and the relay, which wait for work: no answer for a while is normal there."""
    return redis.Redis.from_url(
        settings.load().all_cells[cell].redis_url, socket_connect_timeout=2.0
    )


class NotAsked(redis.RedisError):
    """This Redis failed a moment ago, so nobody was made to wait for it."""


class Breaker:
    """Whether a Redis answered this process when it was last asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ask_again_at: float | None = None

    @property
    def is_closed(self) -> bool:
        """Whether it may be asked; says no more than that."""
        again_at = self._ask_again_at
        return again_at is None or time.monotonic() >= again_at

    def enter(self) -> None:
        """Raises NotAsked. After a pause, whoever comes first is let through and the rest wait."""
        with self._lock:
            if not self.is_closed:
                raise NotAsked("not asked: it failed a moment ago")
            if self._ask_again_at is not None:
                self._ask_again_at = time.monotonic() + PAUSE_SECONDS

    def close(self) -> None:
        self._ask_again_at = None

    def open(self) -> None:
        self._ask_again_at = time.monotonic() + PAUSE_SECONDS


@lru_cache(maxsize=64)
def _breaker(_cell: str) -> Breaker:
    return Breaker()


def is_answering(cell: str = MAIN_CELL) -> bool:
    """Whether there is any use in asking just now, as far as this process knows."""
    return _breaker(cell).is_closed


@contextlib.contextmanager
def asking(cell: str = MAIN_CELL) -> Iterator["redis.Redis"]:
    """A client, for what can be left undone: who asks after a failure is told at once.

    Raises NotAsked, and whatever RedisError comes of asking.
    """
    breaker = _breaker(cell)
    breaker.enter()
    try:
        yield client(cell)
    except redis.ResponseError:  # it answers, if not as we like
        breaker.close()
        raise
    except redis.RedisError as error:
        breaker.open()
        log.warning("redis.unanswered", cell=cell, why=str(error), pause_seconds=PAUSE_SECONDS)
        raise
    else:
        breaker.close()
