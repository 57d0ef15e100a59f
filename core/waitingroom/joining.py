"""Joining the line: a place, once for each holder, however often it is asked for."""

import hashlib
from ipaddress import IPv4Address, IPv6Network, ip_address

from core import clock
from core.errors import Conflict, Refused
from core.waitingroom.identifying import MOST_TURNS, Holder, key_of
from core.waitingroom.index import SERVER_CLOCK
from core.waitingroom.limits import ADDRESS_SECONDS, JOINS_OF_ADDRESS
from core.waitingroom.places import Entry, Place, place_of
from core.waitingroom.restoring import asked
from core.waitingroom.rooms import Room, RoomPhase
from core.waitingroom.tokens import carried_by

HOUSEHOLD_BITS = 56


class RoomClosed(Conflict):
    code = "waiting_room_closed"
    title = "Nobody needs to wait"


class TooEarly(Conflict):
    code = "waiting_room_not_open_yet"
    title = "The waiting room is not open yet"


class TooManyPlaces(Refused):
    status = 429
    code = "too_many_places"
    title = "Too many people from one address"
    retry_after_seconds = 60


def join(
    room: Room,
    holder: Holder,
    *,
    address: str | None = None,
    is_suspect: bool = False,
    token: str | None = None,
    now_ms: int = SERVER_CLOCK,
) -> Place:
    """The holder's place: the one there is, or a new one at the end of the line.

    A place whose pass has run out or has bought is followed by a new one. `address`: where it comes
    from, if that is to be counted; `token`: a place that the holder carries, for when the index has
    been lost. Raises RoomClosed, TooEarly, TooManyPlaces, LineAway.
    """
    phase = room.phase(clock.now())
    if phase is RoomPhase.CLOSED:
        raise RoomClosed("Nobody needs to wait for this show: go on to the tickets.")
    if phase is RoomPhase.ANNOUNCED:
        raise TooEarly("The waiting room is not open yet.")
    key = key_of(holder, room.show_id)
    answer = asked(
        "join",
        room,
        ["places", _from(address)],
        now_ms,
        key,
        *carried_by(token, room.show_id, key),
        JOINS_OF_ADDRESS,
        ADDRESS_SECONDS * 1000,
        room.suspects,
        int(is_suspect),
    )
    if answer[0] == "limited":
        raise TooManyPlaces(
            "Very many people have joined from your address. Please try again in a minute."
        )
    entry = Entry.of(key, answer)
    if entry.turn >= MOST_TURNS:
        raise TooManyPlaces("You have had very many places. Please try again another day.")
    return place_of(room, entry)


def look(room: Room, holder: Holder, *, token: str | None = None) -> Place | None:
    """The holder's place if it has one, whatever became of it; never a new one. Raises LineAway."""
    key = key_of(holder, room.show_id)
    answer = asked("look", room, ["places"], key, *carried_by(token, room.show_id, key))
    return None if answer[0] == "unknown" else place_of(room, Entry.of(key, answer))


def _from(address: str | None) -> str:
    """Part of the key that counts joins; hashed, as nobody needs to know where people live."""
    if not address:
        return ""
    return f"from:{hashlib.sha256(_network(address).encode()).hexdigest()[:24]}"


def _network(address: str) -> str:
    """What one household or office has: an IPv4 address, or 56 bits of an IPv6 one (RFC 6177).

    An IPv4 address may come written as one of IPv6 (RFC 4291, 2.5.5.2): by those sockets for both.
    """
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or IPv6Network((int(read), HOUSEHOLD_BITS), strict=False))
