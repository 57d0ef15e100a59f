"""Reading HTTP/1.1 answers out of bytes: only what the load generator needs, and cheaply."""

from typing import NamedTuple

LARGEST_BYTES = 256 * 1024
NO_BODY = frozenset({204, 304})
END_OF_HEAD = b"\r\n\r\n"


class Unreadable(Exception):
    """No answer that we can tell the end of."""


class Answer(NamedTuple):
    status: int
    body: bytes
    is_last: bool
    """The server closes the connection after it."""


def read(received: bytes) -> Answer | None:
    """The answer these bytes are, or None while it is not whole. Raises Unreadable."""
    end = received.find(END_OF_HEAD)
    if end < 0:
        if len(received) > LARGEST_BYTES:
            raise Unreadable("a head without end")
        return None
    if not received.startswith(b"HTTP/1.1 ") or not received[9:12].isdigit():
        raise Unreadable(repr(received[:80]))
    status = int(received[9:12])
    head = received[:end].lower()
    body_at = end + len(END_OF_HEAD)
    length = 0 if status in NO_BODY else _length(head)
    if len(received) < body_at + length:
        return None
    if len(received) > body_at + length:
        raise Unreadable(f"{len(received) - body_at - length} bytes too many")
    return Answer(status, received[body_at:], b"\r\nconnection: close" in head)


def _length(head: bytes) -> int:
    named = head.find(b"\r\ncontent-length:")
    if named < 0:
        raise Unreadable("an answer without Content-Length")
    value = head[named + 17 :].split(b"\r\n", 1)[0].strip()
    if not value.isdigit():
        raise Unreadable(f"Content-Length {value!r}")
    return int(value)
