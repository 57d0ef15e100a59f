"""nginx on the stage, with the production's configuration in front of a web server.

It is one of the programs that a machine may have or not: whoever wants it looks first (`found()`),
and says plainly what is left out without it.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from bench.programs import ROOT, Program, inherited
from core.embedded import CannotStart, last_words, ports

NAME = "nginx"
CONFIGURATION = ROOT / "deploy" / "nginx.conf"
ADDRESS = "127.0.0.1"
SYSTEM_PATH = "/usr/sbin:/sbin:/usr/local/sbin"
"""Where nginx lives, and not everybody looks."""
READY_SECONDS = 10
CHECK_SECONDS = 10
POLL_SECONDS = 0.02


def found() -> str | None:
    """The program, or None where nginx is not installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}")


class Nginx(Program):
    """In a folder of its own, before the web server on `app_port`; `more` is further configuration.

    For whoever runs it as root the folder's parents must let others in: its workers are nobody.
    """

    def __init__(
        self, folder: Path, *, app_port: int, base_host: str = "localhost", more: str = ""
    ) -> None:
        program = found()
        assert program, "nginx is not installed: look before you want one"
        self.port = ports.free_port()
        (folder / "more").mkdir(parents=True)
        (folder / "more" / "more.conf").write_text(more)
        (folder / "nginx.conf").write_text(
            filled(listen=f"{ADDRESS}:{self.port}", app_port=app_port, base_host=base_host)
        )
        log = folder / "error.log"
        super().__init__("nginx", (), log=log, environment=inherited("PATH"))
        place = (program, "-p", str(folder), "-e", str(log), "-c", "nginx.conf")
        self.command = (*place, "-g", "daemon off;")
        self.checking = (*place, "-t")

    def check(self) -> str:
        """What nginx says of the configuration. Raises CannotStart if it does not take it."""
        done = subprocess.run(
            self.checking, capture_output=True, text=True, check=False, timeout=CHECK_SECONDS
        )
        if done.returncode:
            raise CannotStart(f"nginx does not take its configuration: {done.stderr}")
        return done.stderr

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        super().start(environment)
        assert self.process is not None
        deadline = time.monotonic() + READY_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise CannotStart(f"nginx does not start: {last_words(self.log)}")
            time.sleep(POLL_SECONDS)

    def _listens(self) -> bool:
        try:
            socket.create_connection((ADDRESS, self.port), READY_SECONDS).close()
        except OSError:
            return False
        return True


def filled(*, listen: str, app_port: int, base_host: str) -> str:
    """The production's configuration with its blanks filled in."""
    text = CONFIGURATION.read_text("utf-8")
    blanks = {"listen": listen, "app": f"{ADDRESS}:{app_port}", "base_host": base_host}
    for name, value in blanks.items():
        text = text.replace(f"@{name}@", value)
    return text
