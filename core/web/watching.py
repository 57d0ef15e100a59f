"""A waiting room as dashboard and console show it live: where it stands, in words and shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core import catalogue, tenancy, waitingroom
from core.catalogue import Phase, Show
from core.settings import load
from core.waitingroom import Act, Live, RoomPhase, RoomState, Why

POLL_SECONDS = 2
CALM_POLL_SECONDS = 15
"""While nothing can move: before people gather, and while nobody waits."""
SOON = timedelta(minutes=10)
OVER = frozenset({Phase.CLOSED, Phase.ENDED, Phase.CANCELLED})

STATES = {
    RoomPhase.ANNOUNCED: ("Ready", "accent"),
    RoomPhase.GATHERING: ("Gathering", "accent"),
    RoomPhase.OPEN: ("Open", "good"),
    RoomPhase.CLOSED: ("Closed", ""),
}
"""Name and colour of each phase."""

ACTS = {
    "marked": "A rush is expected",
    "unmarked": "No rush is expected",
    "ready": "Ready for people to gather",
    "open": "Opened",
    "closed": "Closed",
    "paused": "Paused",
    "resumed": "Resumed",
    "changed": "Settings changed",
}
BY_ITSELF = {"system": "By itself", "schedule": "By itself"}
OURS = "Ticket to Serve"


class Cause(NamedTuple):
    """What holds the line up most: its name, what that means, and what one can do about it."""

    name: str
    means: str
    remedy: str


class Happened(NamedTuple):
    """One row of a room's history, on the clocks of the place."""

    at: datetime
    what: str
    who: str
    why: str


@dataclass(frozen=True)
class RoomView:
    """A show's waiting room at a moment. Moments are on the clocks of the place."""

    live: Live
    show: str
    """Reference of the show."""
    title: str
    slug: str
    now: datetime
    on_sale_at: datetime
    gathers_at: datetime
    is_over: bool
    """Nothing of the show is sold any more: there is nothing to watch."""
    is_high_traffic: bool
    draw_url: str | None
    """Where everybody can check the draw; None while nobody can see the show."""

    @property
    def phase(self) -> RoomPhase:
        return self.live.phase

    @property
    def is_on(self) -> bool:
        """Whether people come here before they buy, now or at the opening."""
        return self.phase != RoomPhase.CLOSED

    @property
    def is_on_sale(self) -> bool:
        return not self.is_over and self.now >= self.on_sale_at

    @property
    def badges(self) -> list[tuple[str, str]]:
        """What is to be known at a glance, each with its colour."""
        found = [STATES[self.phase]]
        if self.is_on and self.live.is_paused:
            found.append(("Paused", "warn"))
        if self.live.is_interrupted:
            found.append(("Interrupted", "bad"))
        return found

    @property
    def poll_seconds(self) -> int | None:
        """When to look again; None for never."""
        if self.is_over:
            return None
        is_far = self.phase == RoomPhase.ANNOUNCED and self.gathers_at - self.now > SOON
        is_still = self.phase == RoomPhase.CLOSED and not self.live.is_interrupted
        return CALM_POLL_SECONDS if is_far or is_still else POLL_SECONDS

    @property
    def drawn_at(self) -> datetime | None:
        drawn_at = self.live.room.drawn_at if self.live.room else None
        return drawn_at.astimezone(self.now.tzinfo) if drawn_at else None

    @property
    def gathers_in(self) -> str:
        return until(self.gathers_at, self.now)

    @property
    def opens_in(self) -> str:
        return until(self.on_sale_at, self.now)

    @property
    def cause(self) -> Cause | None:
        if self.live.is_interrupted:
            return _cause(Why.INTERRUPTED, self.live)
        if self.live.is_paused:
            return _cause(Why.PAUSED, self.live)
        why = self.live.why
        return None if why is None or self.is_starting else _cause(why, self.live)

    @property
    def is_starting(self) -> bool:
        """Nobody was called a second ago, though it is not paused: it was, or the shop is shut."""
        return not self.live.is_paused and self.live.why is Why.PAUSED

    @property
    def seats(self) -> int:
        """How many can be at the checkout: everybody there is for one ticket at least."""
        return max(0, min(self.live.seats, self.live.capacity - self.live.sold))

    @property
    def seats_taken_percent(self) -> float:
        return _percent(min(self.live.in_checkout, self.seats), self.seats)

    @property
    def sold_percent(self) -> float:
        return _percent(self.live.sold, self.live.capacity)

    @property
    def spoken_for_percent(self) -> float:
        return _percent(self.live.sold + self.live.held, self.live.capacity)


def view_of(show: Show, *, now: datetime) -> RoomView:
    """With the reseller of the show bound; asks Redis, and does not mind if it is away."""
    live = waitingroom.find_live(show)
    gather_minutes = live.room.gather_minutes if live.room else 0
    shop = load().origin(tenancy.home_host(tenancy.current()))
    phase = catalogue.phase_of(show, now)
    return RoomView(
        live=live,
        show=show.reference,
        title=show.title,
        slug=show.slug,
        now=now.astimezone(ZoneInfo(show.time_zone)),
        on_sale_at=show.local(show.on_sale_at),
        gathers_at=show.local(show.on_sale_at - timedelta(minutes=gather_minutes)),
        is_over=phase in OVER,
        is_high_traffic=show.is_high_traffic,
        draw_url=None if phase is Phase.HIDDEN else f"{shop}/shows/{show.slug}/draw",
    )


SETTINGS = {
    "checkout_seats": "seats at the checkout",
    "per_minute": "calls a minute",
    "gather_minutes": "minutes to gather",
    "suspects": "suspected programs",
}


def history_of(view: RoomView, names: Mapping[str, str]) -> list[Happened]:
    """What was done to the room, newest first; `names` are people's by how rows call them."""
    zone, told = view.now.tzinfo, list(view.live.history)
    if told and told[-1].what == RoomState.CLOSED:
        told.pop()  # how every room begins
    return [
        Happened(act.at.astimezone(zone), _what(act), _who(act.actor, names), act.reason)
        for act in told
    ]


def _what(act: Act) -> str:
    """What was done, with what it was before where a setting was changed."""
    name = ACTS.get(act.what, act.what)
    if act.what != "changed":
        return name
    changes = [
        f"{label} {_set(act.before.get(each))} → {_set(act.after[each])}"
        for each, label in SETTINGS.items()
        if each in act.after and act.before.get(each) != act.after[each]
    ]
    return f"{name}: {', '.join(changes)}"


def _set(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value or "no limit")


def until(moment: datetime, now: datetime) -> str:
    """How long it is to a moment: '3 days', '5 h 12 min', '12 min 03 s'."""
    seconds = max(0, int((moment - now).total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} {'day' if days == 1 else 'days'} {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds % 60:02} s"


def _who(actor: str, names: Mapping[str, str]) -> str:
    if actor in names:
        return names[actor]
    return OURS if actor.startswith("admin ") else BY_ITSELF.get(actor, actor)


def _limit(live: Live) -> str:
    return f"{live.room.per_minute:,}" if live.room and live.room.per_minute else "so many"


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _cause(why: Why, live: Live) -> Cause:
    return {
        Why.PAUSED: Cause(
            "A pause",
            "Nobody is called. People go on joining, and everybody keeps their place.",
            "Resume when you are ready.",
        ),
        Why.PAYMENTS: Cause(
            "Payments",
            f"Stripe takes {load().stripe_payments_per_second:,} payments a second from us.",
            "The line moves as fast as payments do. Stripe raises its limit if it is asked about "
            "six weeks ahead.",
        ),
        Why.BOX_OFFICE: Cause(
            "The box office",
            "It is selling as fast as it can.",
            "Nothing is to be done: more are called as soon as it keeps up.",
        ),
        Why.CHECKOUTS: Cause(
            "Seats at the checkout",
            f"All {live.seats:,} are taken by people who choose and pay.",
            "As they finish or give up, the next are called. With more seats more people choose at "
            "the same time, but payments go no faster.",
        ),
        Why.SETTING: Cause(
            "A limit that was set",
            f"At most {_limit(live)} people a minute are called.",
            "Raise it in the settings, or leave it empty.",
        ),
        Why.STOCK: Cause(
            "Tickets",
            "There are as many people at the checkout as there are tickets left for them.",
            "What they do not buy goes to the next in line.",
        ),
        Why.INTERRUPTED: Cause(
            "An interruption",
            "The line cannot be read right now, so nobody is called.",
            "Nothing is lost, since everybody carries their place with them, and other shows sell. "
            "It goes on by itself.",
        ),
    }[why]
