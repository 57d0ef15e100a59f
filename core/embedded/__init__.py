"""PostgreSQL and Redis for a machine that has none, each in a folder of its own.

`embedded.postgres.start(folder)` and `embedded.redis.start(folder)` answer with something that has
a `.url` and a `.stop()`; `embedded.temporary()` gives both to tests and takes them away again. Each
start stops what an earlier, killed owner left running in the same folder.
"""

from core.embedded import keeping, launching, locking, ports, postgres, redis
from core.embedded.failing import CannotStart, last_words
from core.embedded.postgres import EmbeddedPostgres
from core.embedded.redis import EmbeddedRedis
from core.embedded.temporary import TemporaryServers, temporary

__all__ = [
    "CannotStart",
    "EmbeddedPostgres",
    "EmbeddedRedis",
    "TemporaryServers",
    "keeping",
    "last_words",
    "launching",
    "locking",
    "ports",
    "postgres",
    "redis",
    "temporary",
]
