"""Starting a server apart from the terminal, and ending it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from core.embedded.unprivileged import Account

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
POLL_SECONDS = 0.02
LOG_LIMIT_BYTES = 10 * 1024 * 1024

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dying_with_parent(signal_number: signal.Signals) -> Callable[[], None]:
    """For Popen's preexec_fn: the child gets this signal when the thread that started it ends.

    That is the thread, not only the process (prctl(2)): start such children from the main thread.
    """

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)

    return ask


def rotate(log: Path) -> None:
    """Keep one older log, so that a log never fills the disk."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".1.log"))


def launch(
    command: Sequence[str | Path],
    *,
    log: Path,
    account: Account | None,
    dies_with: signal.Signals | None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own: the terminal's Ctrl-C does not reach it."""
    rotate(log)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  # programs of our own wheels
            [str(word) for word in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            preexec_fn=dying_with_parent(dies_with) if dies_with else None,  # noqa: PLW1509  # one call
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def end(
    process: subprocess.Popen[bytes], signals: Sequence[signal.Signals], *, patience_seconds: float
) -> None:
    """Send the signals one after the other until the process has ended."""
    for number in signals:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)


def living_in(folder: Path, program: str) -> list[psutil.Process]:
    """Processes of this name that work in this folder: what an earlier owner left behind."""
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != program or process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == folder:
                found.append(process)
    return found


def end_all_in(
    folder: Path, program: str, steps: Sequence[tuple[signal.Signals, float]]
) -> list[psutil.Process]:
    """End them: each step is a signal and how many seconds it may take. Returns who is left.

    The signal goes to the eldest only; its children follow it.
    """
    left = living_in(folder, program)
    for number, patience_seconds in steps:
        if not left:
            break
        pids = {process.pid for process in left}
        for process in left:
            with contextlib.suppress(psutil.Error):
                if process.ppid() not in pids:
                    process.send_signal(number)
        left = wait_until_gone(left, patience_seconds)
    return left


def wait_until_gone(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for processes that are not our children. Returns who is left; a zombie is gone."""
    deadline = time.monotonic() + seconds
    while left := [process for process in processes if _is_living(process)]:
        if time.monotonic() > deadline:
            return left
        time.sleep(POLL_SECONDS)
    return []


def _is_living(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kill_group(leader: int) -> None:
    """End a process and all that it started in its group, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
