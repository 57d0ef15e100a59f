"""Everything that can be wrong is found before anything starts, and said in one sentence."""

import contextlib
import ctypes
import ctypes.util
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import psutil

from core import settings
from core.embedded import locking, ports
from serve import keys
from serve.plan import Plan
from serve.refusing import CannotServe

PLACEHOLDERS = {
    "DATABASE_URL": "postgresql://not-started-yet/",
    "REDIS_URL": "redis://not-started-yet/",
    "SMTP_URL": "smtp://not-started-yet",
}
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
"""What WeasyPrint loads, and Debian's package with it."""


def check_settings(given: Mapping[str, str]) -> settings.Settings:
    """Read the settings as the children will, with stand-ins for what only starts later."""
    makers = keys.MAKERS | ({} if given.get("STRIPE_SECRET_KEY") else keys.SANDBOX_MAKERS)
    absent = PLACEHOLDERS | {name: make() for name, make in makers.items()}
    absent = {name: value for name, value in absent.items() if not given.get(name)}
    with _environment(absent):
        settings.load.cache_clear()
        try:
            return settings.load()
        except settings.SettingsError as error:
            raise CannotServe(str(error)) from None
        finally:
            settings.load.cache_clear()


@contextlib.contextmanager
def _environment(extra: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(extra)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def take_folder(data_dir: Path) -> IO[str]:
    """Make the data folder ours until the returned file is closed. Raises CannotServe."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        (data_dir / "logs").mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
        return locking.lock(data_dir / "serve.lock")
    except locking.Taken:
        raise CannotServe(
            f"The data folder {data_dir} is in use by another `serve`: stop that one first, or set "
            "DATA_DIR to another folder."
        ) from None
    except OSError as error:
        raise CannotServe(
            f"The data folder {data_dir} cannot be written ({error.strerror}): set DATA_DIR to a "
            "folder of yours."
        ) from None


def check_port(plan: Plan) -> None:
    """Raises CannotServe if nobody could listen there."""
    if ports.is_free(plan.port, plan.bind):
        return
    if plan.port < 1024 and os.geteuid() != 0:
        raise CannotServe(f"Port {plan.port} needs root: set PORT to a number above 1023.")
    if not _is_ours(plan.bind):
        raise CannotServe(f"BIND is wrong: {plan.bind} is not an address of this machine.")
    raise CannotServe(
        f"Port {plan.port} on {plan.bind} is taken{_by_whom(plan.port)}: stop that, or set "
        "PORT to a free one."
    )


def _is_ours(address: str) -> bool:
    """Whether this machine has the address: a port of the system's choice can be had there."""
    try:
        with socket.create_server((address, 0)):
            return True
    except OSError:
        return False


def _by_whom(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            where = connection.laddr
            if connection.status == psutil.CONN_LISTEN and where and where[1] == port:
                if connection.pid is None:
                    break
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return " by another program"


def check_libraries() -> None:
    """Raises CannotServe if WeasyPrint could not print a ticket."""
    missing = [package for library, package in LIBRARIES.items() if not _is_loadable(library)]
    if missing:
        raise CannotServe(
            "A library that prints the tickets is missing: type "
            f"`apt-get install {' '.join(missing)}` as root (Debian, Ubuntu), or install Pango."
        )


def _is_loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        name = library.removeprefix("lib").partition(".so")[0]
        return ctypes.util.find_library(name) is not None  # other systems have other file names
    return True
