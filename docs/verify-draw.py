#!/usr/bin/env python3
# ruff: noqa: T201 - a program for customers: it prints
"""Check by yourself that the draw of a sale was fair. Python 3.8 or newer, nothing else.

    python verify-draw.py draw.json places.txt
    python verify-draw.py https://the-shop.example/shows/the-show/draw
        --commitment HEX   the commitment you noted before the draw
        --place plc_...    tell the number of this place
        --number N         and whether it is this one

Ends with 0 if everything holds, 1 if anything does not, 2 if it could not look.

What it computes (all text ASCII, all hexadecimal in lower case):
  commitment = SHA-256(seed)
  digest     = SHA-256("ticket-to-serve-draw 1 <show> <drawn_at> <count>", newline, places.txt)
  a lot      = HMAC-SHA256(seed, show + " " + place)
  numbers    = 1, 2, 3, ... by ascending lot
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import re
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

VERSION = 1
METHOD = "ascending HMAC-SHA256(seed, show + space + place)"
HEADER = "ticket-to-serve-draw"
MOST_FACTS_BYTES = 4096
MOST_PLACES_BYTES = 5_000_000 * 31  # five million places, more than are ever drawn
TIMEOUT_SECONDS = 30

LETTERS = "[0-9a-hjkmnp-tv-z]{26}"
PLACE = re.compile("plc_" + LETTERS)
HASH = re.compile("[0-9a-f]{64}")
FORMS = {
    "show": re.compile("shw_" + LETTERS),
    "drawn_at": re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"),
    "commitment": HASH,
    "seed": HASH,
    "places_digest": HASH,
}


class Facts(NamedTuple):
    """What is published about a draw, in this order."""

    version: int
    method: str
    show: str
    drawn_at: str
    places: int
    commitment: str
    seed: str
    places_digest: str


class Wrong(Exception):
    """What does not hold, in a sentence."""


def check(
    draw: bytes,
    listed: bytes,
    *,
    noted: str | None = None,
    place: str | None = None,
    number: int | None = None,
    say: Callable[[str], object] = print,
) -> None:
    """Say what holds, line by line. Raises Wrong at the first thing that does not."""
    facts = read_facts(draw)
    say(f"The draw of {facts.show} at {facts.drawn_at}, {facts.places:,} places.")
    say("holds: the facts are all there, written in the one form they may have.")

    check_seed(facts, noted)
    say("holds: the seed is the one that was promised: its SHA-256 is the commitment.")
    if noted is None:
        say(f" note: the commitment is {facts.commitment}.")
        say("       It proves something to those who noted it BEFORE the draw.")
        say("       Did you? Then give what you noted with --commitment.")
    else:
        say("holds: the commitment is the one you noted.")

    places = read_places(listed, facts)
    say("holds: the list is in order, nobody is in it twice, and its digest is right.")
    say(f" note: the digest is {facts.places_digest}.")
    say("       Who sees the same one was shown the same list.")

    if place is None:
        say(" note: with --place you learn the number of your place.")
    else:
        drawn = number_of(place, facts, places)
        if number is not None and number != drawn:
            raise Wrong(f"{place} drew number {drawn:,}, not {number:,}.")
        say(f"holds: {place} drew number {drawn:,} of {len(places):,}.")
    say("Everything holds.")


def read_facts(raw: bytes) -> Facts:
    if len(raw) > MOST_FACTS_BYTES:
        raise Wrong(f"The facts are longer than {MOST_FACTS_BYTES:,} bytes.")
    try:
        text = raw.decode("ascii")
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Wrong("The facts cannot be read: they are not JSON in ASCII.") from None
    if not isinstance(found, dict) or set(found) != set(Facts._fields):
        raise Wrong(f"The facts should be exactly these: {', '.join(Facts._fields)}.")
    facts = Facts(**found)
    if type(facts.version) is not int or facts.version != VERSION:
        raise Wrong(f"This program knows version {VERSION} of the draw, and this is another one.")
    if facts.method != METHOD:
        raise Wrong(f"The method should be: {METHOD}.")
    for name, form in FORMS.items():
        if not isinstance(found[name], str) or not form.fullmatch(found[name]):
            raise Wrong(f"{name} does not have the form it should have.")
    try:
        time.strptime(facts.drawn_at, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise Wrong("drawn_at is a moment that no calendar has.") from None
    if type(facts.places) is not int or facts.places < 0:
        raise Wrong("places should be a whole number, how many were drawn.")
    if text != json.dumps(facts._asdict(), indent=2) + "\n":
        raise Wrong("The facts are not written, byte for byte, in the one form they may have.")
    return facts


def check_seed(facts: Facts, noted: str | None) -> None:
    if hashlib.sha256(bytes.fromhex(facts.seed)).hexdigest() != facts.commitment:
        raise Wrong("The seed is not the one that was promised: its SHA-256 is another one.")
    if noted is not None and noted != facts.commitment:
        raise Wrong("The commitment is not the one you noted: the seed was exchanged.")


def read_places(raw: bytes, facts: Facts) -> list[str]:
    if len(raw) > MOST_PLACES_BYTES:
        raise Wrong(f"The list is longer than {MOST_PLACES_BYTES:,} bytes.")
    try:
        *places, rest = raw.decode("ascii").split("\n")
    except ValueError:
        raise Wrong("The list cannot be read: it is not ASCII.") from None
    if rest:
        raise Wrong("The list is cut off: its last line does not end.")
    before = ""
    for line, place in enumerate(places, start=1):
        if not PLACE.fullmatch(place):
            raise Wrong(f"Line {line:,} of the list is not the id of a place.")
        if place == before:
            raise Wrong(f"Line {line:,} of the list is the line before once more.")
        if place < before:
            raise Wrong(f"Line {line:,} of the list is not in ascending order.")
        before = place
    if len(places) != facts.places:
        raise Wrong(f"The list has {len(places):,} places, and should have {facts.places:,}.")
    header = f"{HEADER} {VERSION} {facts.show} {facts.drawn_at} {len(places)}\n"
    if hashlib.sha256(header.encode("ascii") + raw).hexdigest() != facts.places_digest:
        raise Wrong("The digest is another one: the list, the show or the moment was changed.")
    return places


def order(facts: Facts, places: list[str]) -> list[str]:
    """The places as drawn, number 1 first."""
    seed = bytes.fromhex(facts.seed)
    lots = []
    for place in places:
        message = f"{facts.show} {place}".encode("ascii")
        lots.append((hmac.digest(seed, message, "sha256"), place))
    return [place for _, place in sorted(lots)]


def number_of(place: str, facts: Facts, places: list[str]) -> int:
    if place not in places:
        raise Wrong(
            f"{place} is not in the list. Who came after the draw has a number above "
            f"{len(places):,}, by arrival; who came before it was left out."
        )
    return order(facts, places).index(place) + 1


def is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def read(source: str, most_bytes: int) -> bytes:
    """A file, or what is at an address; cut off one byte after the most."""
    if is_address(source):
        with look_at(source) as answer:
            return bytes(answer.read(most_bytes + 1))
    with Path(source).open("rb") as file:
        return file.read(most_bytes + 1)


def look_at(address: str) -> http.client.HTTPResponse:
    request = urllib.request.Request(address)  # noqa: S310 - is_address has looked at it
    named = urlsplit(address)
    handlers = []
    if (named.hostname or "").endswith(".localhost"):  # is this machine (RFC 6761, 6.3)
        handlers = [urllib.request.ProxyHandler({})]
        request.add_unredirected_header("Host", named.netloc)
        request.host = "127.0.0.1" + (f":{named.port}" if named.port else "")
    answer: http.client.HTTPResponse = urllib.request.build_opener(*handlers).open(
        request, timeout=TIMEOUT_SECONDS
    )
    return answer


def main() -> int:
    about, _, more = str(__doc__).partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("draw", help="draw.json, or the address of the page about the draw")
    parser.add_argument("places", nargs="?", help="places.txt; with an address it is looked up")
    parser.add_argument("--commitment", metavar="HEX", help="what you noted before the draw")
    parser.add_argument("--place", metavar="plc_...", help="tell the number of this place")
    parser.add_argument("--number", type=int, metavar="N", help="and whether it is this one")
    given = parser.parse_args()

    if is_address(given.draw) == (given.places is not None):
        parser.error("give two files, or one address")
    noted = given.commitment
    if noted is not None:
        noted = noted.strip().lower()
        if not HASH.fullmatch(noted):
            parser.error("a commitment is 64 characters of 0-9 and a-f")
    if given.place is not None and not PLACE.fullmatch(given.place):
        parser.error("the id of a place is plc_ and 26 characters")
    if given.number is not None and given.place is None:
        parser.error("--number needs --place")

    sources = [given.draw, given.places]
    if is_address(given.draw):
        page = given.draw.rstrip("/")
        sources = [page + ".json", page + "/places.txt"]
    try:
        draw = read(sources[0], MOST_FACTS_BYTES)
        listed = read(sources[1], MOST_PLACES_BYTES)
    except (OSError, ValueError, http.client.HTTPException) as problem:
        parser.error(f"could not read {' and '.join(sources)}: {problem}")
    try:
        check(draw, listed, noted=noted, place=given.place, number=given.number)
    except Wrong as wrong:
        print(f"FAILS: {wrong}")
        print("This draw does NOT verify.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
