"""A place as its holder sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from core import clock
from core.waitingroom.identifying import id_of
from core.waitingroom.rooms import Room
from core.waitingroom.tokens import Pass, PlaceToken, write_pass, write_place


class PlaceState(StrEnum):
    GATHERING = "gathering"
    """No number yet: it is drawn at the opening."""
    WAITING = "waiting"
    CALLED = "called"
    """Its holder may come in: claim the pass."""
    ADMITTED = "admitted"
    EXPIRED = "expired"
    """The pass ran out before anything was bought."""
    USED = "used"
    """The pass has bought."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a show's waiting room at one moment."""

    id: str
    show: str
    is_new: bool
    number: int | None
    """Never changes once it is given; none while people gather."""
    state: PlaceState
    people_ahead: int | None
    is_late: bool
    """It was called and nobody came; it is let in as soon as a seat at the checkout is free."""
    token: str
    pass_token: str | None
    pass_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index says of a place."""

    key: str
    turn: int
    number: int
    until_ms: int
    is_spent: bool
    serving: int
    settled: int
    """Numbers up to this one were called long enough ago."""
    is_shadow: bool = False
    was_late: bool = False
    """It came in too late, or with a number that perhaps nobody had."""
    is_new: bool = False

    @classmethod
    def of(cls, key: str, answer: Sequence[Any]) -> "Entry":
        """From what a script answers."""
        what, turn, number, until_ms, is_spent, serving, settled = answer
        return cls(
            key,
            turn,
            number,
            until_ms,
            bool(is_spent),
            serving,
            settled,
            is_shadow=what == "shadow",
            was_late=what == "late",
            is_new=what == "joined",
        )


def place_of(room: Room, entry: Entry) -> Place:
    place = id_of(room.show_id, entry.key, entry.turn)
    state = _state(entry)
    has_pass = state is PlaceState.ADMITTED
    until = datetime.fromtimestamp(entry.until_ms / 1000, UTC) if entry.until_ms else None
    return Place(
        id=place,
        show=room.show,
        is_new=entry.is_new,
        number=entry.number or None,
        state=state,
        people_ahead=(
            people_ahead(entry.number, entry.serving, room.gaps) if entry.number else None
        ),
        is_late=(state is PlaceState.CALLED and (entry.was_late or entry.number <= entry.settled)),
        token=write_place(PlaceToken(place, entry.number), is_shadow=entry.is_shadow),
        pass_token=write_pass(Pass(place, entry.until_ms)) if has_pass else None,
        pass_expires_at=until,
    )


def people_ahead(number: int, serving: int, gaps: Sequence[Sequence[int]]) -> int:
    """How many are called before this number; what nobody has does not count."""
    ahead = max(0, number - serving - 1)
    for first, last in gaps:
        ahead -= max(0, min(last, number - 1) - max(first, serving + 1) + 1)
    return max(0, ahead)


def _state(entry: Entry) -> PlaceState:
    if entry.is_spent:
        return PlaceState.USED
    if entry.until_ms:
        is_over = entry.until_ms <= clock.now().timestamp() * 1000
        return PlaceState.EXPIRED if is_over else PlaceState.ADMITTED
    if not entry.number:
        return PlaceState.GATHERING
    is_called = entry.number <= entry.serving and not entry.is_shadow
    return PlaceState.CALLED if is_called else PlaceState.WAITING
