"""What the stand-in remembers: one SQLite file, one connection, one lock.

Every request runs inside `transaction()`, so that an object, the notice about it and the answer
kept under its Idempotency-Key are written together or not at all; a killed process loses nothing
that it answered.
"""

import fcntl
import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

LETTERS_OF_IDS = string.ascii_letters + string.digits
PREFIXES = {
    "payment_intent": "pi",
    "payment_method": "pm",
    "charge": "ch",
    "refund": "re",
    "dispute": "dp",
    "radar.early_fraud_warning": "issfr",
    "balance_transaction": "txn",
    "transfer": "tr",
    "account": "acct",
    "customer": "cus",
    "event": "evt",
}
SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    body TEXT NOT NULL, hidden TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS objects_of_kind ON objects (kind, number);
CREATE INDEX IF NOT EXISTS objects_of_intent
    ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_of_charge
    ON objects (kind, json_extract(body, '$.charge'));
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, path TEXT NOT NULL, fingerprint TEXT NOT NULL, request TEXT NOT NULL,
    status INTEGER, body TEXT, begun_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS answers_by_age ON answers (begun_at);
CREATE TABLE IF NOT EXISTS notices (
    number INTEGER PRIMARY KEY, event TEXT NOT NULL, state TEXT NOT NULL, due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, result TEXT, delivered_at REAL);
CREATE INDEX IF NOT EXISTS notices_due ON notices (due_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS notices_of_event ON notices (event);
CREATE TABLE IF NOT EXISTS later (
    number INTEGER PRIMARY KEY, due_at REAL NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("objects", "answers", "notices", "later", "settings")


class FolderTaken(Exception):
    """Another sandbox already writes in this folder."""


def random_text(length: int) -> str:
    """Letters and digits nobody can guess."""
    return "".join(secrets.choice(LETTERS_OF_IDS) for _ in range(length))


def new_id(kind: str) -> str:
    return f"{PREFIXES[kind]}_{random_text(24)}"


class Store:
    """The objects, kept answers, waiting notices and settings of one sandbox."""

    def __init__(self, folder: Path) -> None:
        """Open (or make) the file. Raises FolderTaken, OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self._claim = (folder / "stripe.lock").open("w")
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderTaken(f"Another sandbox is already running in {folder}.") from None
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            folder / "stripe.sqlite", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        # What was running when the last process died had not been committed: it never happened.
        self._db.execute("DELETE FROM answers WHERE status IS NULL")

    def close(self) -> None:
        with self._lock:
            self._db.close()
            self._claim.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, one at a time. May be nested; the outermost decides."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, *values: object) -> int:
        """Run one statement; how many rows it changed."""
        with self.transaction():
            return self._db.execute(sql, values).rowcount

    def insert(self, body: Json, **hidden: object) -> Json:
        """Keep a new object. `hidden` is what Stripe knows and never shows."""
        self.write(
            "INSERT INTO objects (id, kind, body, hidden) VALUES (?, ?, ?, ?)",
            body["id"], body["object"], json.dumps(body), json.dumps(hidden),
        )  # fmt: skip
        return body

    def save(self, body: Json) -> Json:
        self.write("UPDATE objects SET body = ? WHERE id = ?", json.dumps(body), body["id"])
        return body

    def find(self, object_id: str, kind: str | None = None) -> Json | None:
        rows = self.rows("SELECT body, kind FROM objects WHERE id = ?", object_id)
        if not rows or kind not in {None, rows[0][1]}:
            return None
        return _read(rows[0][0])

    def get(self, object_id: str) -> Json:
        """An object that must be there. Raises LookupError."""
        found = self.find(object_id)
        if found is None:
            raise LookupError(object_id)
        return found

    def hidden(self, object_id: str) -> Json:
        rows = self.rows("SELECT hidden FROM objects WHERE id = ?", object_id)
        return _read(rows[0][0]) if rows else {}

    def hide(self, object_id: str, **facts: object) -> None:
        """Add to what is known about an object and never shown."""
        merged = self.hidden(object_id) | facts
        self.write("UPDATE objects SET hidden = ? WHERE id = ?", json.dumps(merged), object_id)

    def objects(
        self, kind: str, where: str = "1", *values: object, limit: int, ascending: bool = False
    ) -> list[Json]:
        """Objects of a kind, newest first. `where` is SQL over `number` and `body`."""
        order = "ASC" if ascending else "DESC"
        rows = self.rows(
            f"SELECT body FROM objects WHERE kind = ? AND {where} ORDER BY number {order} LIMIT ?",
            kind, *values, limit,
        )  # fmt: skip
        return [_read(body) for (body,) in rows]

    def setting(self, name: str) -> Json | None:
        rows = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return _read(rows[0][0]) if rows else None

    def set(self, name: str, value: Json) -> None:
        self.write(
            "INSERT INTO settings VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name, json.dumps(value),
        )  # fmt: skip

    def later(self, act: str, subject: str, *, after_seconds: float) -> None:
        self.write(
            "INSERT INTO later (due_at, act, subject) VALUES (?, ?, ?)",
            time.time() + after_seconds, act, subject,
        )  # fmt: skip

    def reset(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in TABLES:
                self.write(f"DELETE FROM {table}")  # names from the tuple above


def _read(text: str) -> Json:
    found: Json = json.loads(text)
    return found
