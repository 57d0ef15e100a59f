"""Asking for one address as fast as it is answered, by wrk: a client that keeps up with nginx.

A closed loop as in load.py, at a tenth of its cost a request; but nothing is heard of an answer
beside its status. Whoever wants it looks first whether the machine has it (`found()`).
"""

import json
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figures
from core.embedded import CannotStart

NAME = "wrk"
SCRIPT = Path(__file__).with_name("wrk.lua")
THREADS = 2
ANSWER_SECONDS = 10
SPARE_SECONDS = 30


def found() -> str | None:
    """The program, or None where wrk is not installed."""
    return shutil.which("wrk")


@dataclass(frozen=True)
class Asking:
    """One address to ask for, over so many connections; each may pause before it asks."""

    port: int
    host: str
    path: str
    connections: int
    pause_ms: int | None = None
    """On average."""

    def command(self, seconds: float) -> list[str]:
        program = found()
        assert program, "wrk is not installed: look before you want it"
        return [
            program,
            f"--threads={THREADS}",
            f"--connections={self.connections}",
            f"--duration={max(round(seconds), 1)}s",
            f"--timeout={ANSWER_SECONDS}s",
            f"--script={SCRIPT}",
            f"--header=Host: {self.host}",
            f"http://127.0.0.1:{self.port}{self.path}",
            *(["--", str(self.pause_ms)] if self.pause_ms else []),
        ]

    def run(self, seconds: float) -> Figures:
        """Ask for so long, in whole seconds. Raises CannotStart if wrk fails."""
        return self.begin(seconds).figures()

    def begin(self, seconds: float) -> "UnderWay":
        """The same beside other things: ask for its figures afterwards."""
        spent_before = _spent_seconds()
        running = subprocess.Popen(
            self.command(seconds), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        return UnderWay(running, seconds, spent_before)


@dataclass(frozen=True)
class UnderWay:
    running: subprocess.Popen[str]
    seconds: float
    spent_before: float

    def figures(self) -> Figures:
        """Wait for the end. Raises CannotStart if wrk fails."""
        try:
            said, complaint = self.running.communicate(timeout=self.seconds + SPARE_SECONDS)
        finally:
            self.running.kill()
        if self.running.returncode:
            raise CannotStart(f"wrk failed: {complaint.strip()}")
        figures = read(said)
        spent = _spent_seconds() - self.spent_before
        figures.cpu_us["asking"] = round(spent / max(figures.answers, 1) * 1e6, 1)
        return figures


def _spent_seconds() -> float:
    """CPU time of all our children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def read(said: str) -> Figures:
    """What wrk.lua told, in the last line."""
    facts = json.loads(said.strip().splitlines()[-1])
    errors = {kind: count for kind, count in facts.pop("errors").items() if count}
    figures = Figures(**{name: round(value, 2) for name, value in facts.items()})
    figures.per_second = round(figures.answers / figures.seconds, 1)
    figures.statuses[200] = figures.answers - errors.get("status 400 or more", 0)
    figures.errors.update(errors)
    return figures
