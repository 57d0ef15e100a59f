"""A budget of a test's own: another account at Stripe, and the rate that the test is about."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

import core.redis
from core import settings
from core.pacing import lines, scripts
from core.redis import client

WENT = "tts:test:went"


@pytest.fixture
def allow(house: None) -> Iterator[Callable[[int], None]]:
    """Say how many payments a second the account of this test may begin."""
    with pytest.MonkeyPatch.context() as patch:

        def allow(per_second: int) -> None:
            patch.setenv("STRIPE_SECRET_KEY", f"sk_test_{secrets.token_hex(16)}")
            patch.setenv("STRIPE_PAYMENTS_PER_SECOND", str(per_second))
            settings.load.cache_clear()

        yield allow
        for key in client().scan_iter(f"{lines.place('*')}*", count=1000):
            client().delete(key)
    settings.load.cache_clear()


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis answers nobody."""

    def asking(*_: Any) -> Any:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(core.redis, "client", asking)
    monkeypatch.setattr(core.redis, "_breaker", lambda _: core.redis.Breaker())
    lines._bucket.cache_clear()


@pytest.fixture
def went(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """When who was let go, by Redis's clock, in µs."""
    begin = "local function go()\n"
    noting = f"{begin} redis.call('RPUSH', '{WENT}', string.format('%.0f', next))\n"
    for name in ("RESERVE", "TAKE"):
        text = getattr(scripts, name)
        assert begin in text
        monkeypatch.setattr(scripts, name, text.replace(begin, noting))
    client().delete(WENT)
    return lambda: [int(each) for each in client().lrange(WENT, 0, -1)]
