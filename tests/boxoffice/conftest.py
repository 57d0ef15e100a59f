"""What can be the matter with Redis."""

from collections.abc import Iterator

import pytest

import core.redis
from tests.boxoffice.blackhole import BlackHole


@pytest.fixture
def black_hole(monkeypatch: pytest.MonkeyPatch) -> Iterator[BlackHole]:
    """Instead of Redis, for whoever asks with care; nobody has found out yet."""
    breaker = core.redis.Breaker()
    with BlackHole() as hole:
        monkeypatch.setattr(core.redis, "client", hole.client)
        monkeypatch.setattr(core.redis, "_breaker", lambda _cell: breaker)
        yield hole
