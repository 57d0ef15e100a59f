"""The letters: one SQLite file that the receiver writes and any process may read.

Like Gmail and Exchange it keeps one copy of letters with the same Message-ID to the same person;
`copies` counts how often it came.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from sandbox.mailbox import parsing

LETTERS_KEPT = 10_000
TEXT_SEARCHED_CHARACTERS = 20_000
BUSY_SECONDS = 10.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, sender TEXT NOT NULL,
    subject TEXT NOT NULL, at REAL NOT NULL, message_id TEXT, copies INTEGER NOT NULL DEFAULT 1,
    text TEXT NOT NULL, raw BLOB NOT NULL, UNIQUE (recipient, message_id));
"""
COLUMNS = "id, recipient, sender, subject, at, message_id, copies, text"


@dataclass(frozen=True)
class Letter:
    """One letter as the list shows it. `at` is when it came, in seconds."""

    id: int
    recipient: str
    sender: str
    subject: str
    at: float
    message_id: str | None
    copies: int
    text: str


class Letters:
    """The letters in one folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "letters.sqlite"
        folder.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)

    def keep(self, raw: bytes, sender: str, recipients: list[str]) -> None:
        """Keep a letter once for each of its recipients. `sender` counts where it has no From."""
        message = parsing.parse(raw)
        row = (
            parsing.header(message, "From") or sender,
            parsing.header(message, "Subject"),
            time.time(),
            parsing.header(message, "Message-ID") or None,
            parsing.text_of(message)[:TEXT_SEARCHED_CHARACTERS],
            raw,
        )
        with self._open() as db:
            db.executemany(
                "INSERT INTO letters (recipient, sender, subject, at, message_id, text, raw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (recipient, message_id) DO UPDATE SET copies = copies + 1",
                [(recipient.lower(), *row) for recipient in dict.fromkeys(recipients)],
            )
            db.execute(
                "DELETE FROM letters WHERE id <= (SELECT max(id) FROM letters) - ?",
                (LETTERS_KEPT,),
            )

    def newest(self, *, to: str = "", limit: int) -> list[Letter]:
        """Letters, newest first; `to` is part of the recipient's address."""
        wanted = f"%{_literally(to.strip().lower())}%"
        with self._open() as db:
            rows = db.execute(
                f"SELECT {COLUMNS} FROM letters"
                " WHERE recipient LIKE ? ESCAPE '\\'"
                " ORDER BY id DESC LIMIT ?",
                (wanted, limit),
            ).fetchall()
        return [Letter(*row) for row in rows]

    def find(self, letter_id: int) -> tuple[Letter, EmailMessage] | None:
        with self._open() as db:
            row = db.execute(
                f"SELECT {COLUMNS}, raw FROM letters WHERE id = ?",  # columns are ours
                (letter_id,),
            ).fetchone()
        return (Letter(*row[:-1]), parsing.parse(row[-1])) if row else None

    def raw(self, letter_id: int) -> bytes | None:
        with self._open() as db:
            row = db.execute("SELECT raw FROM letters WHERE id = ?", (letter_id,)).fetchone()
        return bytes(row[0]) if row else None

    def clear(self) -> None:
        with self._open() as db:
            db.execute("DELETE FROM letters")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own: readers and the receiver may be different processes."""
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as db:
            db.execute("PRAGMA synchronous = NORMAL")
            with db:
                yield db


def _literally(text: str) -> str:
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
