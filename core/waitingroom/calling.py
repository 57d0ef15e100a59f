"""Calling: how many may come in now, and what holds up the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.waitingroom import index
from core.waitingroom.index import SERVER_CLOCK
from core.waitingroom.limits import CLAIM_SECONDS, LATE_SECONDS, PASS_SECONDS
from core.waitingroom.rooms import Room

UNSURE = 20
"""As if so many had been called before anything was seen,"""
USUAL_SHARE = 0.85
"""of whom so many came in, and of those so many bought."""
TICKETS_AN_ORDER = 2.0
"""What people buy, as long as nobody has seen what they do here."""
MUCH_LEFT = 500
"""Tickets from which on a call is reckoned to take what calls usually do; below, one: rather too
many people for the last tickets than a ticket that nobody is asked to buy."""
LEAST_CONVERSION = 0.2
MOST_A_SECOND = 2_000.0
"""What a box office on a small machine sells without losing its breath."""
LEAST_A_SECOND = 1.0
STRAINED_MS = 400.0
"""Orders take so long: the box office is let off a little."""
BACK_OFF, COME_BACK = 0.7, 1.1
LONG_BACKLOG_SECONDS = 3.0
"""Payments wait so long for the provider: nobody more is called until they do not."""


class Why(StrEnum):
    """What holds the line up most."""

    PAUSED = "paused"
    PAYMENTS = "payments"
    BOX_OFFICE = "box_office"
    CHECKOUTS = "checkouts"
    SETTING = "setting"
    STOCK = "stock"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Payments:
    """What the payment provider takes from this room."""

    per_second: float
    waiting_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Supply:
    """What there is for those who come in."""

    held_orders: int
    seats: int
    left: int
    """Tickets neither sold nor held."""
    per_minute: int | None = None
    payments: Payments | None = None
    """None where nothing is to be paid."""
    given_back: int = 0
    """Passes that may buy again."""
    strain_ms: float = 0.0
    """How long orders take at the box office just now."""
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls a second, and which limit that is."""

    per_second: float
    why: Why
    box_office: float
    """What the box office is trusted with now; it is asked again in a second."""


@dataclass(frozen=True, slots=True)
class Called:
    count: int
    serving: int
    last: int
    why: Why | None


def call(
    room: Room, supply: Supply, seen: Mapping[str, str], *, now_ms: int = SERVER_CLOCK
) -> Called:
    """Call as many as may come in now. `seen`: index.fields of a moment ago.

    Raises LineAway, Lost.
    """
    rate = rate_of(supply, seen)
    _, count, serving, last, held_up_by = index.run(
        "call",
        room,
        ["passes", "claims", "calls", "late", "lingering"],
        now_ms,
        supply.held_orders,
        supply.seats,
        rate.per_second,
        int(supply.is_paused),
        _calls_for(supply.left, conversion(seen)),
        CLAIM_SECONDS * 1000,
        PASS_SECONDS * 1000,
        LATE_SECONDS * 1000,
        rate.why,
        rate.box_office,
        supply.given_back,
        *(number for gap in room.gaps for number in gap),
    )
    return Called(count, serving, last, why_of(held_up_by))


def why_of(code: str) -> Why | None:
    """From what the script wrote down; None where nothing holds the line up."""
    return Why(code) if code in Why.__members__.values() else None


def rate_of(supply: Supply, seen: Mapping[str, str]) -> Rate:
    """The slowest of payments, box office and setting."""
    trusted = float(seen["box_rate"]) or MOST_A_SECOND
    if supply.strain_ms > STRAINED_MS:
        trusted = max(LEAST_A_SECOND, min(trusted, float(seen["pace"]) or trusted) * BACK_OFF)
    else:
        trusted = min(MOST_A_SECOND, trusted * COME_BACK + 1)
    limits = [(trusted, Why.BOX_OFFICE)]
    if supply.payments is not None:
        is_behind = supply.payments.waiting_seconds > LONG_BACKLOG_SECONDS
        rate = 0.0 if is_behind else supply.payments.per_second / conversion(seen)
        limits.append((rate, Why.PAYMENTS))
    if supply.per_minute is not None:
        limits.append((supply.per_minute / 60, Why.SETTING))
    per_second, why = min(limits)
    return Rate(per_second, why, trusted)


def _calls_for(left: int, share: float) -> int:
    """How many people may choose from so many tickets at a time."""
    return left if left < MUCH_LEFT else int(left / max(1.0, TICKETS_AN_ORDER * share))


def conversion(seen: Mapping[str, str]) -> float:
    """How many of those who are called place an order: who comes in, and then buys.

    Of those whose time is over, so that who still may come in or choose counts neither way.
    """
    usual = UNSURE * USUAL_SHARE
    came = (int(seen["came"]) + usual) / (int(seen["waited_for"]) + UNSURE)
    spent = int(seen["spent"])
    bought = (spent + usual) / (spent + int(seen["expired"]) + UNSURE)
    return min(1.0, max(LEAST_CONVERSION, came * bought))
