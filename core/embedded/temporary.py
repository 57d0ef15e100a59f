"""Both servers for the length of a test run: nothing is kept, nothing is left behind."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.embedded import postgres, redis


@dataclass(frozen=True)
class TemporaryServers:
    """Where they answer. `database_url` may create databases and roles."""

    database_url: str
    redis_url: str


@contextlib.contextmanager
def temporary(
    *, database_url: str | None = None, redis_url: str | None = None
) -> Iterator[TemporaryServers]:
    """Start what is not given. The servers end with this block, or with a killed process.

    Call it from the main thread: they end with the thread that started them.
    """
    folder = Path(tempfile.mkdtemp(prefix="ticket-to-serve-"))
    folder.chmod(0o755)  # PostgreSQL may run as another user
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        if database_url is None:
            database = postgres.start(folder, durable=False)
            ending.callback(database.stop)
            database_url = database.url
        if redis_url is None:
            memory = redis.start(folder, durable=False)
            ending.callback(memory.stop)
            redis_url = memory.url
        yield TemporaryServers(database_url, redis_url)
