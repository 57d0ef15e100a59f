"""What people carry: their place, signed, from which Redis can be rebuilt; and the pass to buy."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from core import settings
from core.waitingroom.identifying import read_id

MAX_LENGTH = 400


class PlaceToken(NamedTuple):
    """A place as its holder carries it; `number` is 0 while there is none."""

    place: str
    number: int


@dataclass(frozen=True, slots=True)
class Pass:
    """Permission to place an order for a show, for one place, until a moment."""

    place: str
    expires_ms: int

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.expires_ms / 1000, UTC)


def write_place(token: PlaceToken, *, is_shadow: bool = False) -> str:
    """`is_shadow`: of a place that is never called; reads as none, so that it is judged anew if
    the index has lost it."""
    return _written(list(token), "shadow" if is_shadow else "place")


def read_place(text: str | None) -> PlaceToken | None:
    found = _read(text, "place")
    return PlaceToken(*found) if found else None


def carried_by(token: str | None, show_id: int, key: str) -> tuple[int, int]:
    """Turn and number of the place that this holder carries; (-1, -1) if it carries none."""
    carried = read_place(token)
    read = read_id(carried.place) if carried else None
    if carried is None or read is None or (read.show_id, read.key) != (show_id, key):
        return -1, -1
    return read.turn, carried.number


def write_pass(given: Pass) -> str:
    return _written([given.place, given.expires_ms], "pass")


def read_pass(text: str | None) -> Pass | None:
    """The pass, whatever its time; None if we did not sign it."""
    found = _read(text, "pass")
    return Pass(*found) if found else None


def write_identity(identity: str) -> str:
    return _written(identity, "browser")


def read_identity(text: str | None) -> str | None:
    found = _read(text, "browser")
    return found if isinstance(found, str) else None


def _written(what: Any, purpose: str) -> str:
    written = _serializer(purpose).dumps(what)
    return written if isinstance(written, str) else written.decode()


def _read(text: str | None, purpose: str) -> Any:
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        return _serializer(purpose).loads(text)
    except BadData:
        return None


@lru_cache(maxsize=8)
def _serializer(purpose: str) -> URLSafeSerializer:
    """The id inside a token is good for one reseller and show alone (identifying)."""
    return URLSafeSerializer(
        settings.load().secret_key,
        salt=f"waiting room {purpose}",
        signer_kwargs={"digest_method": sha256},
    )
