"""One stage for all tests of this folder."""

from collections.abc import Iterator

import psutil
import pytest

from bench import stage


@pytest.fixture(scope="package")
def on_stage() -> Iterator[stage.Stage]:
    with stage.open(shows=(1, 2), app="bench.serving:create_app()", own_servers=True) as it:
        yield it
        running = [*it.web.pids, it.postgres.pid, it.redis.pid]
    assert [pid for pid in running if psutil.pid_exists(pid)] == []
    assert not it.folder.exists()
