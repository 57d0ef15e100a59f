"""An embedded PostgreSQL: in one folder, on 127.0.0.1, with passwords, ready in about a second."""

import contextlib
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.embedded import clusters, keeping, launching, locking, ports, programs, unprivileged
from core.embedded.failing import CannotStart, last_words

READY_SECONDS = 90
"""Recovery after a crash can take long; a usual start takes 0.1 s."""
STOP_SECONDS = 8.0
POLL_SECONDS = 0.01
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT)
"""Fast shutdown, then immediate (postgres(1)). Never SIGKILL: that leaves shared memory behind."""
OWNER = "tickets"
DATABASE = "tickets"
PORT_ATTEMPTS = 3

SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "max_pred_locks_per_transaction": "256",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(eq=False)
class EmbeddedPostgres:
    """A running server. `url` is of an owner who may create databases and roles; no superuser."""

    url: str
    superuser_url: str
    port: int
    cluster: Path
    log: Path
    process: subprocess.Popen[bytes]
    _lock: IO[str]

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """End all sessions, write everything down, end. Harmless when stopped already."""
        launching.end(self.process, STOP_SIGNALS, patience_seconds=STOP_SECONDS)
        self._lock.close()


def start(
    data_dir: Path,
    *,
    port: int | None = None,
    durable: bool = True,
    dies_with_caller: bool = False,
) -> EmbeddedPostgres:
    """Start PostgreSQL in `data_dir`/postgres, making it on the first start. Raises CannotStart.

    Without `port`, a free one is chosen and remembered. With `dies_with_caller`, the server ends
    with the thread that called this. With `durable` off (tests) it does so too, and nothing is
    synced to disk.
    """
    folder = data_dir.resolve() / "postgres"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    account = unprivileged.account_for(folder / "cluster")
    home = programs.postgresql(account)
    cluster = clusters.place(folder, account)
    try:
        lock = locking.lock(cluster.with_suffix(".lock"))
    except locking.Taken:
        raise CannotStart(f"The database in {folder} is in use by another process.") from None
    try:
        facts = _facts(folder)
        _stop_orphan(cluster)
        if not cluster.exists():
            clusters.make(cluster, home, account, facts["password"], durable=durable)
        process, chosen = _launched(
            folder,
            cluster,
            home,
            account,
            facts,
            wanted=port,
            durable=durable,
            dies_with=signal.SIGINT if dies_with_caller or not durable else None,
        )
    except BaseException:
        lock.close()
        raise
    return EmbeddedPostgres(
        url=_url(OWNER, facts["password"], chosen, DATABASE),
        superuser_url=_url("postgres", facts["password"], chosen, "postgres"),
        port=chosen,
        cluster=cluster,
        log=folder / "server.log",
        process=process,
        _lock=lock,
    )


def find_url(data_dir: Path) -> str | None:
    """Where the PostgreSQL of this folder answers while it runs; None if there never was one."""
    facts = keeping.recall(data_dir / "postgres" / "server.json")
    if "password" not in facts or "port" not in facts:
        return None
    return _url(OWNER, facts["password"], int(facts["port"]), DATABASE)


def _url(user: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{user}:{password}@{ports.LOOPBACK}:{port}/{database}"


def _facts(folder: Path) -> dict[str, str]:
    """The password, made once. Kept apart from the cluster, which may belong to another user."""
    facts = keeping.recall(folder / "server.json")
    if "password" not in facts:
        facts["password"] = secrets.token_hex(24)
        keeping.keep(folder / "server.json", facts)
    return facts


def _stop_orphan(cluster: Path) -> None:
    """Stop what a killed owner left running here. We hold the lock, so nobody needs it."""
    steps = ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS))
    left = launching.end_all_in(cluster, "postgres", steps)
    if left:
        raise CannotStart(
            f"An earlier PostgreSQL (process {left[0].pid}) still runs in {cluster} and does not "
            "stop: end it and start again."
        )
    # Nobody lives here, so its pid can only be somebody else's by now; postgres would believe it.
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _launched(
    folder: Path,
    cluster: Path,
    home: Path,
    account: unprivileged.Account | None,
    facts: dict[str, str],
    *,
    wanted: int | None,
    durable: bool,
    dies_with: signal.Signals | None,
) -> tuple[subprocess.Popen[bytes], int]:
    log = folder / "server.log"
    settings = SETTINGS if durable else SETTINGS | UNSAFE
    for _ in range(PORT_ATTEMPTS):
        remembered = facts.get("port")
        chosen = wanted or ports.free_port(int(remembered) if remembered else None)
        if not ports.is_free(chosen):
            raise CannotStart(f"Port {chosen}, meant for PostgreSQL, is taken by another program.")
        options = [f"--{name}={value}" for name, value in {**settings, "port": str(chosen)}.items()]
        process = launching.launch(
            [home / "bin/postgres", "-D", cluster, *options],
            log=log,
            account=account,
            dies_with=dies_with,
        )
        if _is_ready(process, cluster):
            if str(chosen) != remembered:
                keeping.keep(folder / "server.json", {**facts, "port": str(chosen)})
            return process, chosen
        if wanted or ports.is_free(chosen):
            break  # it was not the port; another one will not help
    raise CannotStart(f"PostgreSQL does not start: {last_words(log)} (all of it in {log})")


def _is_ready(process: subprocess.Popen[bytes], cluster: Path) -> bool:
    """Wait until postmaster.pid says 'ready' in its eighth line, as pg_ctl does."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        lines: list[str] = []
        with contextlib.suppress(OSError):
            lines = (cluster / "postmaster.pid").read_text().splitlines()
        if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(POLL_SECONDS)
    launching.end(process, STOP_SIGNALS, patience_seconds=STOP_SECONDS)
    return False
