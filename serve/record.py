"""DATA_DIR/serve.json: what runs, so that tests can kill one and the next start can tidy up."""

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import psutil

from core.embedded import keeping, launching

LEAVING_SECONDS = 3.0
SAME_BIRTH_SECONDS = 0.05


class Record:
    """Written at every change: {"pid", "port", "children": {name: {"pid", "port", …}}, …}."""

    def __init__(self, data_dir: Path, *, port: int) -> None:
        self.path = data_dir / "serve.json"
        self.facts: dict[str, Any] = {
            "pid": os.getpid(),
            "port": port,
            "booted_at": psutil.boot_time(),
            "children": {},
        }

    def started(
        self, name: str, pid: int, *, port: int | None = None, is_server: bool = False
    ) -> None:
        """A child runs. `is_server`: PostgreSQL or Redis, which a next start stops by itself."""
        born_at = None
        with contextlib.suppress(psutil.Error):
            born_at = psutil.Process(pid).create_time()
        child = {"pid": pid, "port": port, "born_at": born_at, "is_server": is_server}
        self.facts["children"][name] = child
        keeping.keep(self.path, self.facts)

    def ended(self, name: str) -> None:
        self.facts["children"].pop(name, None)
        keeping.keep(self.path, self.facts)


def end_orphans(data_dir: Path) -> None:
    """End what an earlier, killed supervisor left running. Only with the folder's lock in hand.

    PostgreSQL and Redis are not among them: their own start sees to that, gently.
    """
    try:
        facts = keeping.recall(data_dir / "serve.json")
    except ValueError:
        return
    if abs(facts.get("booted_at", 0) - psutil.boot_time()) > 1:
        return  # the machine started anew: these numbers are other processes now
    children = facts.get("children", {}).values()
    groups = {
        child["pid"]
        for child in children
        if child.get("born_at")
        and not child.get("is_server")
        and _is_free_or_same(child["pid"], child["born_at"])
    }
    end_groups(groups)


def _is_free_or_same(pid: int, born_at: float) -> bool:
    """Whether the number still means our child; a group outlives its leader and keeps it."""
    try:
        return bool(abs(psutil.Process(pid).create_time() - born_at) < SAME_BIRTH_SECONDS)
    except psutil.NoSuchProcess:
        return True


def end_groups(groups: set[int]) -> None:
    """End all processes of these groups: first ask, then insist. Those that are gone are gone."""
    if not groups:
        return
    members = [process for process in psutil.process_iter() if _group_of(process.pid) in groups]
    for process in members:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGTERM)
    for process in launching.wait_until_gone(members, LEAVING_SECONDS):
        with contextlib.suppress(psutil.Error):
            process.kill()
    launching.wait_until_gone(members, LEAVING_SECONDS)


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
