"""Who waits, and the name of their place.

A place's id says, to us alone, whose it is, at which show, and which turn of theirs: so joining
twice is the same place, and a place is found without an index of ids. `plc_` and 26 characters:

    kind (1) · show, masked (7) · turn (2) · holder (16)

The holder is a keyed hash of an address or of a browser's identity, for this show alone; the mask
comes from the holder, so that ids tell strangers nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core import references, settings
from core.database import Unbound, binding

ACCOUNT, BROWSER = "a", "b"
SHOW_BITS = 35
SHOW_LETTERS, TURN_LETTERS, HOLDER_LETTERS = 7, 2, 16
MOST_TURNS = 32**TURN_LETTERS
PREFIX = f"{references.KINDS['place']}_"
VALUES = {letter: value for value, letter in enumerate(references.ALPHABET)}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a place is: a customer's account by its address, or a browser that we know again."""

    kind: str
    identity: str

    @classmethod
    def account(cls, email: str) -> "Holder":
        return cls(ACCOUNT, email.strip().lower())

    @classmethod
    def browser(cls, identity: str) -> "Holder":
        return cls(BROWSER, identity)


class PlaceId(NamedTuple):
    """What a place's id says."""

    show_id: int
    key: str
    """The holder's field in the room: its kind and its hash."""
    turn: int

    @property
    def is_account(self) -> bool:
        return self.key[0] == ACCOUNT


def new_identity() -> str:
    """For a browser that we have not seen before."""
    return secrets.token_urlsafe(18)


def key_of(holder: Holder, show_id: int) -> str:
    """The holder's field in the room of a show of the bound reseller."""
    text = f"{_schema()}|{show_id}|{holder.kind}|{holder.identity}"
    hashed = hmac.digest(_secret("holder"), text.encode(), "sha256")
    return holder.kind + _letters(int.from_bytes(hashed[:10], "big"), HOLDER_LETTERS)


def id_of(show_id: int, key: str, turn: int) -> str:
    masked = show_id ^ _mask(key)
    body = _letters(masked, SHOW_LETTERS) + _letters(turn, TURN_LETTERS)
    return f"{PREFIX}{key[0]}{body}{key[1:]}"


def read_id(place: str) -> PlaceId | None:
    """What an id says; None for what is none. One of another reseller reads as nonsense."""
    if not references.is_one(place, "place"):
        return None
    key, turn = key_and_turn(place)
    if key[0] not in {ACCOUNT, BROWSER}:
        return None
    masked = _number(place[len(PREFIX) + 1 : len(PREFIX) + 1 + SHOW_LETTERS])
    return PlaceId(masked ^ _mask(key), key, turn)


def key_and_turn(place: str) -> tuple[str, int]:
    """The holder's field and the turn that a well-formed id says."""
    body = place[len(PREFIX) :]
    turn = body[1 + SHOW_LETTERS : 1 + SHOW_LETTERS + TURN_LETTERS]
    return body[0] + body[1 + SHOW_LETTERS + TURN_LETTERS :], _number(turn)


def is_held_by(place: str, holder: Holder) -> bool:
    """Whether this place is that holder's, in whichever turn."""
    read = read_id(place)
    return read is not None and hmac.compare_digest(read.key, key_of(holder, read.show_id))


def _mask(key: str) -> int:
    hashed = hmac.digest(_secret("mask"), f"{_schema()}|{key}".encode(), "sha256")
    return int.from_bytes(hashed[:5], "big") & ((1 << SHOW_BITS) - 1)


@lru_cache(maxsize=8)
def _secret(purpose: str) -> bytes:
    key = settings.load().secret_key.encode()
    return hmac.digest(key, f"waiting room {purpose}".encode(), hashlib.sha256)


def _schema() -> str:
    bound = binding()
    if bound is None:
        raise Unbound("No reseller is bound: enter tenancy.bound_to(reseller) first.")
    return bound.schema


def _letters(number: int, count: int) -> str:
    letters = []
    for _ in range(count):
        number, rest = divmod(number, 32)
        letters.append(references.ALPHABET[rest])
    return "".join(reversed(letters))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 32 + VALUES[letter]
    return number
