"""Whether the world is there already: asked at every start, so with a bare connection (0.1 s)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from core import settings
from core.embedded import keeping

MARK = "demo.seeded"
"""The act of the audit row that says the world is whole; its facts are references."""
CONNECT_SECONDS = 5

FIND_MARK = "SELECT facts FROM platform.audit_log WHERE act = %s ORDER BY id DESC LIMIT 1"
COUNT_KEYS = (
    "SELECT count(*) FROM platform.api_keys WHERE key_hash = ANY(%s) AND revoked_at IS NULL"
)


def secrets_path() -> Path:
    return settings.load().data_dir / "demo-secrets.json"


def kept_keys() -> dict[str, str]:
    """The resellers' API keys by slug: the database has their hashes only."""
    keys: dict[str, str] = keeping.recall(secrets_path()).get("api_keys", {})
    return keys


def keep_key(slug: str, key: str) -> None:
    keeping.keep(secrets_path(), {"api_keys": {**kept_keys(), slug: key}})


@dataclass(frozen=True)
class Mark:
    """The world is whole: its resellers' references by slug, and whether we know a key of each."""

    references: dict[str, str]
    has_keys: bool


def find_mark() -> Mark | None:
    """Raises psycopg.OperationalError where there is no database."""
    url = settings.load().database_url
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
        found = connection.execute(FIND_MARK, [MARK]).fetchone()
        if found is None:
            return None
        references: dict[str, str] = found[0]["references"]
        hashes = [hashlib.sha256(key.encode()).hexdigest() for key in kept_keys().values()]
        counted: Any = connection.execute(COUNT_KEYS, [hashes]).fetchone()
    return Mark(references, has_keys=counted[0] == len(references))
