"""The installation that `make serve` keeps in DATA_DIR, for a command that is typed beside it."""

import socket
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

from core.embedded import keeping, postgres, redis

PATIENCE_SECONDS = 2.0
UNUSED = {"SMTP_URL": "smtp://localhost"}
"""What the settings want, and no command that only reads makes use of."""


class NothingRuns(LookupError):
    """There is no installation in the folder, or it has stopped."""


def settle(environment: MutableMapping[str, str]) -> None:
    """Set what the operator has not: secrets and addresses, as they are kept in DATA_DIR.

    Raises NothingRuns if there is neither DATABASE_URL nor a database that answers.
    """
    data_dir = Path(environment.get("DATA_DIR") or ".data")
    found = dict(keeping.recall(data_dir / "secrets.json"))
    if not environment.get("DATABASE_URL"):
        found["DATABASE_URL"] = _running(data_dir)
    found["REDIS_URL"] = redis.find_url(data_dir)
    for name, value in {**UNUSED, **found}.items():
        if value and not environment.get(name):
            environment[name] = str(value)


def _running(data_dir: Path) -> str:
    url = postgres.find_url(data_dir)
    if url and _is_listening(url):
        return url
    raise NothingRuns(
        f"Nothing runs in {data_dir}: start it with `make serve`, or set DATA_DIR to where it "
        "runs, or DATABASE_URL."
    )


def _is_listening(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True
