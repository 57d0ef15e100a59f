"""Keeping an embedded server running: PostgreSQL or Redis in the data folder."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from core.embedded import EmbeddedPostgres, EmbeddedRedis
from serve import telling
from serve.record import Record
from serve.watching import Deaths

LOOK_EVERY_SECONDS = 0.2

Embedded = EmbeddedPostgres | EmbeddedRedis


class Server:
    """One of the two, alive on the same port until it is stopped. `called` is for people."""

    def __init__(
        self,
        name: str,
        *,
        called: str,
        start: Callable[..., Embedded],
        data_dir: Path,
        book: Record,
    ) -> None:
        self.name = name
        self.called = called
        self.start = start
        self.data_dir = data_dir
        self.book = book
        self.running: Embedded | None = None
        self.starting: asyncio.Task[Embedded] | None = None

    async def begin(self) -> Embedded:
        """Start it. Raises CannotStart. A start cannot be broken off: stop() waits for it."""
        self.starting = asyncio.create_task(asyncio.to_thread(self._start))
        running = await asyncio.shield(self.starting)
        self.book.started(self.name, running.process.pid, port=running.port, is_server=True)
        return running

    def _start(self) -> Embedded:
        before = self.running
        if before:
            before.stop()  # gives its folder free
        self.running = self.start(self.data_dir, port=before.port if before else None)
        return self.running

    async def keep_running(self) -> None:
        """Start it again whenever it has died. Raises CannotServe, CannotStart."""
        assert self.running is not None
        deaths = Deaths(self.called, self.running.log)
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            if self.running.is_alive:
                continue
            pause_seconds = deaths.one_more()
            telling.tell(f"{self.called} ended; starting it again (see {self.running.log})")
            await asyncio.sleep(pause_seconds)
            await self.begin()

    async def stop(self) -> None:
        if self.starting:
            with contextlib.suppress(Exception):
                await self.starting
        if self.running:
            await asyncio.to_thread(self.running.stop)
            self.book.ended(self.name)
