"""The document that says where a line stands: what it has, and what follows from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core import clock, money
from core.waitingroom.calling import TICKETS_AN_ORDER, Why
from core.waitingroom.places import Place, people_ahead
from core.waitingroom.rooms import Room, RoomPhase

POLLS: Sequence[tuple[int | None, int]] = (
    (20, 2), (100, 3), (500, 5), (2_000, 10), (10_000, 20), (50_000, 30), (None, 60),
)  # fmt: skip
"""When to ask again: with up to so many people ahead, after so many seconds."""
GATHERING_POLLS: Sequence[tuple[int | None, int]] = (
    (10, 2), (60, 5), (300, 15), (1_800, 60), (None, 300),
)  # fmt: skip
"""The same before the opening, by seconds until then."""
LEAST_PACE = 0.02
"""Calls a second below which nobody can tell how long it will take."""


@dataclass(frozen=True, slots=True)
class Left:
    """A ticket type as those who wait see it."""

    name: str
    price_minor: int
    state: str
    left: int | None
    """Told when it is few."""


@dataclass(frozen=True, slots=True)
class NowServing:
    """Where a line stood a moment ago; the same for everybody."""

    show: str
    phase: RoomPhase
    at: datetime
    gathers_at: datetime
    opens_at: datetime
    closes_at: datetime
    epoch: str
    """Whoever sees it change presents its place again."""
    serving: int
    last: int
    waiting: int
    gathered: int
    per_minute: float
    why: Why | None
    is_paused: bool
    is_interrupted: bool
    """These are the last figures that are known."""
    gaps: Sequence[Sequence[int]]
    has_sold_out: bool
    is_all_held: bool
    may_return_at: datetime | None
    currency: str
    commitment: str
    is_drawn: bool
    ticket_types: Sequence[Left] = field(default=())
    tickets_left: int = 0
    choosing: int = 0
    """People who are called, or are in and have not bought yet."""
    conversion: float = 1.0

    def people_ahead(self, number: int) -> int:
        return people_ahead(number, self.serving, self.gaps)

    def wait_seconds(self, number: int) -> int | None:
        """How long until this number is called, at the pace of the last minute; None if nobody
        can tell."""
        pace = self.per_minute / 60
        if self.is_paused or self.is_interrupted or self.why is Why.STOCK or pace < LEAST_PACE:
            return None
        return math.ceil((self.people_ahead(number) + 1) / pace) if number > self.serving else 0

    def poll_seconds(self, number: int | None) -> int:
        """When somebody with this number should ask again; the asker spreads it by a fifth."""
        if number is None:
            return _poll(GATHERING_POLLS, (self.opens_at - self.at).total_seconds())
        return _poll(POLLS, self.people_ahead(number))

    def chance(self, number: int) -> str | None:
        """'likely', 'uncertain' or 'unlikely': whether tickets will be left for this number."""
        if self.phase is not RoomPhase.OPEN or self.is_interrupted:
            return None
        before = self.people_ahead(number) + self.choosing
        wanted = before * self.conversion * TICKETS_AN_ORDER
        if wanted <= self.tickets_left * 0.7:
            return "likely"
        return "uncertain" if wanted <= self.tickets_left * 1.5 else "unlikely"

    def published(self) -> dict[str, Any]:
        """As JSON; the same on the storefront and in the API."""
        return {
            "show": self.show,
            "phase": self.phase,
            "at": _moment(self.at),
            "gathers_at": _moment(self.gathers_at),
            "opens_at": _moment(self.opens_at),
            "closes_at": _moment(self.closes_at),
            "epoch": self.epoch,
            "serving": self.serving,
            "last": self.last,
            "waiting": self.waiting,
            "gathered": self.gathered,
            "per_minute": round(self.per_minute, 1),
            "why": self.why,
            "is_paused": self.is_paused,
            "is_interrupted": self.is_interrupted,
            "gaps": self.gaps,
            "has_sold_out": self.has_sold_out,
            "is_all_held": self.is_all_held,
            "may_return_at": _moment(self.may_return_at),
            "currency": self.currency,
            "ticket_types": [
                {
                    "name": each.name,
                    "price": money.formatted(each.price_minor, self.currency),
                    "price_minor": each.price_minor,
                    "state": each.state,
                    "left": each.left,
                }
                for each in self.ticket_types
            ],
            "tickets_left": self.tickets_left,
            "choosing": self.choosing,
            "conversion": round(self.conversion, 2),
            "polls": POLLS,
            "commitment": self.commitment,
            "is_drawn": self.is_drawn,
        }


def poll_after_seconds(room: Room, place: Place) -> int:
    """When whoever has this place should ask again."""
    if place.people_ahead is None:
        return _poll(GATHERING_POLLS, (room.on_sale_at - clock.now()).total_seconds())
    return _poll(POLLS, place.people_ahead)


def _poll(steps: Sequence[tuple[int | None, int]], distance: float) -> int:
    return next(seconds for most, seconds in steps if most is None or distance <= most)


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds") if at else None
