"""Named places at which tests can kill the process, to prove that a restart mends everything."""

import os
import signal

from core import settings


def failpoint(name: str) -> None:
    """Die here by SIGKILL, once, if FAILPOINTS_DIR holds a file of this name. Else do nothing."""
    folder = settings.load().failpoints_dir
    if folder is None:
        return
    armed = folder / name
    try:
        armed.unlink()  # before dying: the restarted process must get past
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
