"""PostgreSQL refuses to run as root: then it runs as somebody else, who must reach its files."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from core.embedded.failing import CannotStart

CANDIDATES = ("postgres", "nobody")
SHELTER = Path("/var/lib/ticket-to-serve")
"""Where root keeps what must be reached when the project lies in a private folder such as /root."""


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


def account_for(owned: Path) -> Account | None:
    """Who should run a server on the folder `owned`; None when it is simply us.

    For root it is the folder's owner, or the first of CANDIDATES while there is no folder.
    Raises CannotStart.
    """
    if os.geteuid() != 0:
        if owned.exists() and owned.stat().st_uid != os.geteuid():
            owner = owned.stat().st_uid
            raise CannotStart(
                f"{owned} belongs to another user ({_name_of(owner)}): start as that user or as "
                "root, or choose another DATA_DIR."
            )
        return None
    if owned.exists() and owned.stat().st_uid != 0:
        return _account(owned.stat().st_uid)
    for name in CANDIDATES:
        try:
            return _account(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise CannotStart(
        "PostgreSQL does not run as root and this machine has neither a user postgres nor nobody: "
        "start as an ordinary user, or set DATABASE_URL."
    )


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotStart(f"PostgreSQL's files belong to user {uid}, who does not exist.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def may(account: Account, path: Path, *, read: bool = False) -> bool:
    """Whether the account can get to `path` (and read it), by the permission bits on the way."""
    path = path.resolve()
    ways = [(parent, 0o1) for parent in path.parents]
    if read:
        ways.append((path, 0o5 if path.is_dir() else 0o4))
    return all(_grants(way.stat(), account, needed) for way, needed in ways)


def _grants(status: os.stat_result, account: Account, needed: int) -> bool:
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid == account.uid:
        mode >>= 6
    elif status.st_gid == account.gid:
        mode >>= 3
    return mode & needed == needed


def shelter() -> Path:
    """Make the place that everybody can reach. Raises CannotStart."""
    try:
        SHELTER.mkdir(parents=True, exist_ok=True)
        SHELTER.chmod(0o755)
    except OSError as error:
        raise CannotStart(
            f"PostgreSQL cannot run as root, and {SHELTER} cannot be made ({error.strerror}): set "
            "DATA_DIR to a folder that other users can reach, or start as an ordinary user."
        ) from None
    return SHELTER
