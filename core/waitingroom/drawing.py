"""The draw: who gathered before the sale gets an order that nobody chose and anybody can check.

Version 1 of the protocol. All text is ASCII, all hexadecimal in lower case.

1. When a show is marked: a seed of 32 random bytes, kept secret. Its SHA-256, the *commitment*, is
   published: from here on we cannot take another seed.
2. Until the opening people gather. Each holder has one place. Its id is a keyed hash (identifying),
   so nobody outside can choose one, or tell whose it is.
3. At the opening the list is closed. Each place's lot is HMAC-SHA256(seed, show + " " + place id).
   The lowest lot has number 1, the next number 2, and so on. Who comes later stands behind these.
4. Published then: the facts (`published`: seed, count, moment, digest) and the list of all places
   that were drawn (`places_text`: ascending by id). The digest is SHA-256 over the line
   "ticket-to-serve-draw 1 <show> <drawn_at> <count>\\n" and the list, so every byte is covered.

What it proves: the seed is the one promised before (to those who noted the commitment), and with
this seed and this list every number follows; nothing is left to anybody's choice. Who compares
digests knows that all saw the same list; who finds the own place in it was not left out.

What it does not prove: that we are honest where only we can see. Who holds the server's keys could
try many seeds *before* the commitment for one that is kind to addresses picked in advance, or,
knowing the seed, try many addresses for one with a low lot, or add and leave out places. A customer
can do none of this: the seed is secret until the list is closed, and ids are not theirs to choose.

`docs/verify-draw.py` is this protocol once more, for customers: change neither without the other,
and never what version 1 means, for draws of the past are checked by it.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from core import references

VERSION = 1
METHOD = "ascending HMAC-SHA256(seed, show + space + place)"
SEED_BYTES = 32
HEADER = "ticket-to-serve-draw"
FORM = re.compile(rf"{references.KINDS['place']}_[{references.ALPHABET}]{{{references.LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Draw:
    """What is published about a draw, besides the list of its places."""

    show: str
    """Reference of the show."""
    drawn_at: datetime
    """To the second; fractions are not published."""
    places: int
    """How many were drawn."""
    commitment: str
    seed: str
    """Hexadecimal."""
    places_digest: str


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def commitment(seed: bytes) -> str:
    """What is published of a seed before its draw: SHA-256, hexadecimal."""
    return hashlib.sha256(seed).hexdigest()


def order(seed: bytes, show: str, places: Iterable[str]) -> list[str]:
    """Ids of places as drawn, number 1 first, however they came in; one named twice counts once.

    A third of a second for 100,000: a greenlet that calls it stalls the others for so long.
    """
    prefix = f"{show} ".encode()
    lots = sorted(
        (hmac.digest(seed, prefix + place.encode(), "sha256"), place) for place in set(places)
    )
    return [place for _, place in lots]


def places_text(places: Iterable[str]) -> str:
    """The list as published: each place once, ascending, one on a line. ValueError for a non-id."""
    ascending = sorted(set(places))
    for place in ascending:
        if not FORM.fullmatch(place):
            raise ValueError(f"{place!r} is not the id of a place")
    return "".join(f"{place}\n" for place in ascending)


def digest(show: str, drawn_at: datetime, places: Iterable[str]) -> str:
    """SHA-256, hexadecimal, of the list together with its show, moment and count."""
    listed = places_text(places)
    count = listed.count("\n")
    header = f"{HEADER} {VERSION} {show} {_moment(drawn_at)} {count}\n"
    return hashlib.sha256((header + listed).encode()).hexdigest()


def published(draw: Draw) -> str:
    """The facts as published, JSON, byte for byte: nothing in it may be written another way."""
    facts = {
        "version": VERSION,
        "method": METHOD,
        "show": draw.show,
        "drawn_at": _moment(draw.drawn_at),
        "places": draw.places,
        "commitment": draw.commitment,
        "seed": draw.seed,
        "places_digest": draw.places_digest,
    }
    return json.dumps(facts, indent=2) + "\n"


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone means another one elsewhere")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
