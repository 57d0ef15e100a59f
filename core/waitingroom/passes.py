"""The pass: shown by who buys, and good for one order."""

from collections.abc import Collection

import sqlalchemy as sa
import structlog

from core import clock
from core.errors import Conflict, Invalid, Refused, Unavailable
from core.orders import PassRequired
from core.waitingroom import index, tokens
from core.waitingroom.identifying import Holder, is_held_by, read_id
from core.waitingroom.index import SERVER_CLOCK, Lost
from core.waitingroom.limits import LINGER_SECONDS
from core.waitingroom.rooms import Room, find_room, find_room_by_id
from core.waitingroom.tokens import Pass

NOT_CALLED = "Very many people want tickets for this show. Please wait for your turn."

log = structlog.get_logger()


class PassInvalid(PassRequired):
    """As good as none; but who sends one is told what is wrong with it."""

    status = 403
    code = "pass_invalid"
    title = "This pass is not for this show"


class PassExpired(Conflict):
    code = "pass_expired"
    title = "Your time to choose is over"


class PassNotYours(Refused):
    status = 403
    code = "pass_not_yours"
    title = "This pass is somebody else's"


def admit(show: str, pass_token: str | None, holders: Collection[Holder]) -> str | None:
    """The place that may order tickets of this show now; None if nobody needs a pass for it.

    Asks no server, so that a hundred thousand who come without a pass cost nothing. That a pass
    buys once is for the box office to say (orders). Raises PassRequired (or PassInvalid, which is
    one), PassExpired, PassNotYours.
    """
    room = find_room(show)
    if room is None or not room.needs_pass:
        return None
    if not pass_token:
        raise PassRequired(NOT_CALLED)
    given = tokens.read_pass(pass_token)
    if given is None:
        raise PassInvalid("This is not one of our passes, or not all of it.")
    if not _is_for(given, room):
        raise PassInvalid("This pass is for another show.")
    if not _is_theirs(given, holders):
        raise PassNotYours("This pass was given to somebody else.")
    if given.expires_at <= clock.now():
        raise PassExpired("Your time to choose tickets is over. You can join the line again.")
    return given.place


def has_pass(room: Room, pass_token: str | None, holders: Collection[Holder]) -> Pass | None:
    """The pass, if it is good for this show, one of these holders, and this moment."""
    given = _shown(room, pass_token)
    if given is None or given.expires_at <= clock.now() or not _is_theirs(given, holders):
        return None
    return given


def check_name(place: str | None, email: str) -> None:
    """Who waited as an account buys for it. Raises Invalid.

    A guest's place is its browser's: which address it buys for is its own business.
    """
    read = read_id(place) if place else None
    if place and read and read.is_account and not is_held_by(place, Holder.account(email)):
        raise Invalid("Please use the address that you waited in line with.", field="email")


def spend(place: str | None) -> None:
    """The pass of this place has bought: its seat is the order's now. Raises nothing.

    Only an estimate of how many are at the checkout depends on it.
    """
    read = read_id(place) if place else None
    try:
        room = find_room_by_id(read.show_id) if read else None
        if read is None or room is None:
            return
        index.run(
            "spend",
            room,
            ["places", "passes", "lingering"],
            SERVER_CLOCK,
            read.key,
            read.turn,
            LINGER_SECONDS * 1000,
        )
    except (Unavailable, Lost, sa.exc.SQLAlchemyError):
        log.info("waiting_room.not_noted", place=place)


def _shown(room: Room, pass_token: str | None) -> Pass | None:
    given = tokens.read_pass(pass_token)
    return given if given and _is_for(given, room) else None


def _is_for(given: Pass, room: Room) -> bool:
    read = read_id(given.place)
    return read is not None and read.show_id == room.show_id


def _is_theirs(given: Pass, holders: Collection[Holder]) -> bool:
    return any(is_held_by(given.place, holder) for holder in holders)
