"""A program of ours on the stage: started, ended or killed at will, and never outliving us."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from core.embedded import CannotStart, last_words, launching

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 60
POLL_SECONDS = 0.02
STOP_SECONDS = 10.0
KILLED_SECONDS = 10.0
ANSWER_SECONDS = 5.0


class Program:
    """One program, `command` after the interpreter; all it says is in `log`.

    It ends with the thread that started it: start it from the main thread.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.command = (sys.executable, *command)
        self.log = log
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it, from now on in another environment if one is given. Raises CannotStart."""
        assert self.process is None, f"{self.name} runs already"
        if environment is not None:
            self.environment = environment
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self.environment,
                start_new_session=True,
                preexec_fn=launching.dying_with_parent(signal.SIGTERM),  # noqa: PLW1509  # one call
            )

    @property
    def pids(self) -> list[int]:
        """The program and its children, the eldest first; none when it does not run."""
        if self.process is None or self.process.poll() is not None:
            return []
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [self.process.pid, *(each.pid for each in children)]

    def stop(self) -> None:
        """Ask it to end, and end it and all it started if that takes too long."""
        if self.process is not None:
            launching.end(self.process, [signal.SIGTERM], patience_seconds=STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it and all it started at once, as kill -9 does. Harmless when it does not run."""
        if self.process is None:
            return
        left = [psutil.Process(pid) for pid in self.pids]
        launching.kill_group(self.process.pid)
        self.process.wait(KILLED_SECONDS)
        still_there = launching.wait_until_gone(left, KILLED_SECONDS)
        assert not still_there, still_there
        self.process = None


class Web(Program):
    """gunicorn with the production's configuration; started when it answers that it is ready."""

    def __init__(self, app: str, *, port: int, log: Path, environment: Mapping[str, str]) -> None:
        command = ("-m", "gunicorn", "--config", "deploy/gunicorn.py", app)
        super().__init__("web", command, log=log, environment=environment)
        self.port = port

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        super().start(environment)
        assert self.process is not None
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise CannotStart(f"The web server does not start: {last_words(self.log)}")
            time.sleep(POLL_SECONDS)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def run(command: Sequence[str], environment: Mapping[str, str], *, limit_seconds: float) -> str:
    """Run a program of ours to its end; what it printed. Raises CannotStart if it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=limit_seconds,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise CannotStart(f"{' '.join(command[:2])} failed: {said[-1]}")
    return done.stdout


def inherited(*names: str) -> dict[str, str]:
    """Those of our own environment's variables that are set."""
    return {name: os.environ[name] for name in names if os.environ.get(name)}
