"""As much of PostgreSQL's protocol as it takes to see a COMMIT go by.

https://www.postgresql.org/docs/current/protocol-message-formats.html: a message is a byte of type,
its length in four bytes that count themselves, and the rest; only what comes first has no type.
"""

import struct
from collections.abc import Iterator

PROTOCOL_3 = 3 << 16
"""A start-up packet; anything else without a type asks for encryption, or to cancel."""
QUERY, PARSE = b"Q", b"P"
LENGTH = struct.Struct("!i")


class Messages:
    """Cuts what a client sends into messages."""

    def __init__(self) -> None:
        self._buffer = b""
        self._has_begun = False

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Every message that is complete by now."""
        self._buffer += received
        while message := self._next():
            yield message

    def _next(self) -> bytes:
        type_bytes = 1 if self._has_begun else 0
        if len(self._buffer) < type_bytes + LENGTH.size:
            return b""
        end = type_bytes + LENGTH.unpack_from(self._buffer, type_bytes)[0]
        if len(self._buffer) < end:
            return b""
        message, self._buffer = self._buffer[:end], self._buffer[end:]
        if not self._has_begun:
            code = LENGTH.unpack_from(message, LENGTH.size)[0]
            self._has_begun = code >= PROTOCOL_3 and code >> 16 == PROTOCOL_3 >> 16
        return message


def sql_of(message: bytes) -> str:
    """The statement in a message; nothing if it carries none."""
    rest = message[1 + LENGTH.size :]
    if message[:1] == QUERY:
        return rest.rstrip(b"\0").decode(errors="replace")
    if message[:1] == PARSE:
        return rest.split(b"\0")[1].decode(errors="replace")
    return ""


def is_commit(sql: str) -> bool:
    return sql.strip().rstrip(";").rpartition(";")[2].strip().upper() == "COMMIT"


def is_end(sql: str) -> bool:
    """Whether a transaction ends with it, one way or the other."""
    return is_commit(sql) or sql.strip().upper().startswith("ROLLBACK")
