"""PostgreSQL and Redis on the stage: as the product sets them up, to be cut off and started again.

They are durable, as in production: what is measured includes waiting for the disk.
"""

import signal
from abc import ABC, abstractmethod
from pathlib import Path

from core import embedded
from core.embedded import EmbeddedPostgres, EmbeddedRedis

CUT_SECONDS = 15.0
KEPT_OF_REDIS = frozenset({"server.json", "redis.lock", "server.log"})


class Server(ABC):
    """One of the two, in one folder and on one port however often it is started."""

    CUT_BY: signal.Signals

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running = self._started(None)

    @abstractmethod
    def _started(self, port: int | None) -> EmbeddedPostgres | EmbeddedRedis: ...

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def pid(self) -> int:
        return self.running.process.pid

    def start(self) -> None:
        """Start it again where it was. Raises CannotStart."""
        assert not self.running.is_alive, "it runs already"
        self.running = self._started(self.running.port)

    def stop(self) -> None:
        """End it in good order. Harmless when it does not run."""
        self.thaw()
        self.running.stop()

    def cut(self) -> None:
        """End it at once, with no time to tidy up: the next start recovers what was committed."""
        self.running.process.send_signal(self.CUT_BY)
        self.running.process.wait(CUT_SECONDS)
        self.running.stop()

    def freeze(self) -> None:
        """It takes connections but answers nothing: a black hole. Until thaw()."""
        if self.running.is_alive:
            self.running.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self.running.is_alive:
            self.running.process.send_signal(signal.SIGCONT)


class Postgres(Server):
    CUT_BY = signal.SIGQUIT
    """'Immediate shutdown' (postgres(1)). Freezing it holds up new connections only."""

    def _started(self, port: int | None) -> EmbeddedPostgres:
        return embedded.postgres.start(self.folder, port=port, dies_with_caller=True)


class Redis(Server):
    CUT_BY = signal.SIGKILL

    def _started(self, port: int | None) -> EmbeddedRedis:
        return embedded.redis.start(self.folder, port=port, dies_with_caller=True)

    def forget(self) -> None:
        """Lose all it kept, while it does not run: the next start is an empty one."""
        assert not self.running.is_alive, "stop it first"
        for path in (self.folder / "redis").iterdir():
            if path.name not in KEPT_OF_REDIS:
                for each in sorted(path.rglob("*"), reverse=True) if path.is_dir() else ():
                    each.unlink()
                path.rmdir() if path.is_dir() else path.unlink()
