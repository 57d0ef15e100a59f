"""Connections to Redis, with every wait bounded. Redis decides nothing that matters."""

from functools import lru_cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import settings
from core.settings import MAIN_CELL

CONNECT_TIMEOUT_SECONDS = 0.2
ANSWER_TIMEOUT_SECONDS = 0.5


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
