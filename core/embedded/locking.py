"""One owner per folder."""

import fcntl
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another living process owns the folder."""


def lock(path: Path) -> IO[str]:
    """Hold `path` until the returned file is closed or this process ends. Raises Taken.

    The file is not inherited by children, so a killed owner's lock is free at once.
    """
    holder = path.open("a")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder.close()
        raise Taken(str(path)) from None
    return holder
