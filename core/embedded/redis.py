"""An embedded Redis: in one folder, on 127.0.0.1, with a password."""

import secrets
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.embedded import keeping, launching, locking, ports, programs
from core.embedded.failing import CannotStart, last_words

READY_SECONDS = 30
STOP_SECONDS = 5.0
POLL_SECONDS = 0.01
STOP_SIGNALS = (signal.SIGTERM, signal.SIGKILL)

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly {appendonly}
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


@dataclass(eq=False)
class EmbeddedRedis:
    """A running server."""

    url: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    _lock: IO[str]

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Write everything down and end. Harmless when stopped already."""
        launching.end(self.process, STOP_SIGNALS, patience_seconds=STOP_SECONDS)
        self._lock.close()


def start(
    data_dir: Path,
    *,
    port: int | None = None,
    durable: bool = True,
    dies_with_caller: bool = False,
) -> EmbeddedRedis:
    """Start Redis in `data_dir`/redis. Raises CannotStart.

    Without `port`, a free one is chosen and remembered. With `dies_with_caller`, the server ends
    with the thread that called this. With `durable` off (tests) it does so too, and nothing is
    kept.
    """
    program = programs.redis_server()
    folder = data_dir.resolve() / "redis"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = locking.lock(folder / "redis.lock")
    except locking.Taken:
        raise CannotStart(f"The Redis in {folder} is in use by another process.") from None
    try:
        _stop_orphan(folder)
        facts = keeping.recall(folder / "server.json")
        chosen = port or ports.free_port(facts.get("port"))
        password = facts.get("password") or secrets.token_hex(24)
        keeping.keep(folder / "server.json", {"port": chosen, "password": password})
        process = _launched(
            program,
            folder,
            chosen,
            password,
            durable=durable,
            dies_with=signal.SIGTERM if dies_with_caller or not durable else None,
        )
    except BaseException:
        lock.close()
        raise
    return EmbeddedRedis(
        url=_url(password, chosen),
        port=chosen,
        log=folder / "server.log",
        process=process,
        _lock=lock,
    )


def find_url(data_dir: Path) -> str | None:
    """Where the Redis of this folder answers while it runs; None if there never was one."""
    facts = keeping.recall(data_dir / "redis" / "server.json")
    if "password" not in facts or "port" not in facts:
        return None
    return _url(facts["password"], int(facts["port"]))


def _url(password: str, port: int) -> str:
    return f"redis://:{password}@{ports.LOOPBACK}:{port}/0"


def _stop_orphan(folder: Path) -> None:
    steps = ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS))
    left = launching.end_all_in(folder, "redis-server", steps)
    if left:
        raise CannotStart(
            f"An earlier redis-server (process {left[0].pid}) still runs in {folder} and does not "
            "stop: end it and start again."
        )


def _launched(
    program: Path,
    folder: Path,
    port: int,
    password: str,
    *,
    durable: bool,
    dies_with: signal.Signals | None,
) -> subprocess.Popen[bytes]:
    log = folder / "server.log"
    process = launching.launch(
        [program, "-"],  # the configuration comes by stdin: a password is no argument
        log=log,
        account=None,
        dies_with=dies_with,
        stdin=subprocess.PIPE,
    )
    configuration = CONFIGURATION.format(
        port=port, password=password, folder=folder, appendonly="yes" if durable else "no"
    )
    assert process.stdin is not None
    with process.stdin as stdin:
        stdin.write(configuration.encode())
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(port, password):
            return process
        time.sleep(POLL_SECONDS)
    launching.end(process, STOP_SIGNALS, patience_seconds=STOP_SECONDS)
    raise CannotStart(f"Redis does not start: {last_words(log)} (all of it in {log})")


def _answers(port: int, password: str) -> bool:
    """Whether it takes our password and answers PING; not while it still loads its file."""
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2:
                more = connection.recv(200)
                if not more:
                    return False
                said += more
    except OSError:
        return False
    return b"+PONG" in said
