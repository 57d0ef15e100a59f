"""Keeping a child running: its output in a log, a new start whenever it dies."""

import asyncio
import contextlib
import signal
from asyncio.subprocess import Process as Running
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.embedded import launching
from serve import record, telling
from serve.plan import ROOT
from serve.processes import Process
from serve.watching import Deaths

GONE_SECONDS = 2.0


async def launch(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Running:
    """Start a program of ours: away from the terminal, and not outliving us.

    Only from the main thread: a child is told when the thread that started it ends.
    """
    launching.rotate(log)
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            preexec_fn=launching.dying_with_parent(signal.SIGTERM),
        )


class Child:
    """One process of the table, alive until it is stopped."""

    def __init__(
        self, process: Process, log: Path, environment: Mapping[str, str], book: record.Record
    ) -> None:
        self.process = process
        self.name = process.name
        self.log = log
        self.environment = environment
        self.book = book
        self.running: Running | None = None
        self.is_stopping = asyncio.Event()

    async def keep_running(self) -> None:
        """Start it, and again whenever it ends. Raises CannotServe when that does not help."""
        deaths = Deaths(self.name, self.log)
        while not self.is_stopping.is_set():
            self.running = await launch(self.process.command, self.log, self.environment)
            self.book.started(self.name, self.running.pid, port=self.process.port)
            code = await self.running.wait()
            if self.is_stopping.is_set():
                return
            self.book.ended(self.name)
            await asyncio.to_thread(record.end_groups, {self.running.pid})  # what it left behind
            pause_seconds = deaths.one_more()
            telling.tell(
                f"{self.name} ended ({_how(code)}); starting it again in {pause_seconds:.1f} s "
                f"(see {self.log})"
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.is_stopping.wait(), pause_seconds)

    async def stop(self) -> None:
        """Ask it to end, wait as long as it may take, then end it and all it started."""
        self.is_stopping.set()
        if self.running is None or self.running.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.running.terminate()
        try:
            await asyncio.wait_for(self.running.wait(), self.process.patience_seconds)
        except TimeoutError:
            telling.tell(f"{self.name} took too long to stop and was ended")
            launching.kill_group(self.running.pid)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.running.wait(), GONE_SECONDS)
        self.book.ended(self.name)


def _how(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
