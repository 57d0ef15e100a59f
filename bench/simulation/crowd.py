"""Who comes to a big sale, when, and how they behave.

Nobody publishes such figures of a real sale, so these are guesses unless a source is named. What
follows from them depends on the products only: how many of those called order (about 0.6 here), how
long a seat at the checkout is taken, and how many want a ticket for each that there is.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bench.simulation.plans import Plan
from core.waitingroom import Holder

SECOND, MINUTE = 1000.0, 60_000.0

GATHER_MINUTES = 30
"""As a room has it unless the reseller says otherwise (core/waitingroom/models.py)."""
GATHER, BURST = 0.70, 0.15
"""Before the opening, and around its first minute; the others come later."""
GATHER_MEAN_MS, BURST_MEAN_MS, TAIL_MEAN_MS = 8 * MINUTE, 20 * SECOND, 15 * MINUTE
LAST_MINUTES_MS = 5 * MINUTE

LEAVE_BEFORE = 0.03
"""Of those who gather, are gone at the opening."""
PATIENCE_MEDIAN_MS, PATIENCE_SPREAD = 60 * MINUTE, 0.7
LEAVE_IF_UNLIKELY = 0.15
"""Of those who read that tickets for them are unlikely."""
LEAVE_IF_SOLD = 0.8
"""Of those who read that everything is sold, each time they look."""
HIDDEN_PAGE = 0.3
"""Have another page before this one: it asks half as often (storefront/static/waiting.js)."""

AWAY, AWAY_MEAN_MS = 0.20, 6 * MINUTE
"""Do not look at the page when they are called; and for how long."""
NEVER_BACK = 0.5
"""Of those who are away."""
REACTION_MEDIAN_MS, REACTION_SPREAD = 6 * SECOND, 0.8
CHOOSING_MEDIAN_MS, CHOOSING_SPREAD = 75 * SECOND, 0.6
DROP_OUT = 0.12
"""Come in, look at the prices, and go; their pass runs out."""
STAY = 0.5
"""Of those who come in and find everything held, wait inside for what comes back."""
WANTED = {1: 0.22, 2: 0.50, 3: 0.10, 4: 0.18}
"""Tickets an order: 2.24 in the mean (core/waitingroom/serving.py takes 2.0)."""

CARD_MEDIAN_MS, CARD_SPREAD = 60 * SECOND, 0.5
"""From the payment page to "paid", the bank's question included."""
NOT_PAID = 0.05
"""Place an order and do not pay."""
DECLINED = 0.10
"""Of cards: about a tenth of what is spent online is declined at first (letskipp.com, 2023)."""
ANOTHER_CARD = 0.5
"""Of those declined, pay with the next try: a third take another card, others try the same again
(guardianpays.com)."""


class Group(StrEnum):
    EARLY = "early"
    LAST_MINUTES = "last_minutes"
    BURST = "burst"
    TAIL = "tail"


class Fate(StrEnum):
    """How it ended for somebody."""

    UNDECIDED = "undecided"
    LEFT_EARLY = "left before the opening"
    IMPATIENT = "gave up waiting"
    DISCOURAGED = "left when told it was unlikely"
    SOLD_OUT = "read that everything was sold"
    NEVER_CAME = "was called and never came"
    TOO_LATE = "came late and was not let in before the end"
    DROPPED_OUT = "came in and wanted nothing"
    FOR_NOTHING = "came in and found nothing left"
    NOT_PAID = "did not pay"
    BOUGHT = "bought"


@dataclass(slots=True)
class Person:
    """Somebody, what they are like, and what has become of them. Times in ms."""

    arrival: int
    """0 for who comes first."""
    arrives_at: float
    holder: Holder
    patience: float
    is_gone_before: bool
    has_hidden_page: bool
    notices_after: float
    """Being on the page, or coming back to it."""
    is_never_back: bool
    chooses_for: float
    drops_out: bool
    stays: bool
    wants: int
    pays_after: float
    """0 for who never pays."""
    leaves_if_unlikely: bool

    place: str = ""
    """Its id."""
    number: int = 0
    fate: Fate = Fate.UNDECIDED
    bought: int = 0
    looks_at: float = 0.0
    """At its page, after the draw."""
    noticed_at: float | None = None
    admitted_at: float | None = None
    was_late: bool = False
    left_at: float = 0.0
    told_at: float = 0.0
    told_seconds: float | None = None
    """What they were told first of how long they wait."""
    told_chance: str | None = None
    rises: int = 0
    """How often they were told that it takes longer than they had been told."""

    @property
    def has_gathered(self) -> bool:
        return self.arrives_at < 0

    @property
    def group(self) -> Group:
        if self.arrives_at < 0:
            is_early = self.arrives_at < -LAST_MINUTES_MS
            return Group.EARLY if is_early else Group.LAST_MINUTES
        return Group.BURST if self.arrives_at < MINUTE else Group.TAIL


def people(plan: Plan) -> list[Person]:
    """All who come, in order of arrival."""
    luck = random.Random(plan.seed)
    arrivals = sorted(_arrivals(plan.arrivals, luck))
    return [_person(plan, arrival, at, luck) for arrival, at in enumerate(arrivals)]


def _arrivals(count: int, luck: random.Random) -> Iterator[float]:
    for _ in range(count):
        which = luck.random()
        if which < GATHER:
            before = GATHER_MINUTES * MINUTE + 1
            while before > GATHER_MINUTES * MINUTE:
                before = luck.expovariate(1 / GATHER_MEAN_MS)
            yield -before - 1
        else:
            is_burst = which < GATHER + BURST
            yield luck.expovariate(1 / (BURST_MEAN_MS if is_burst else TAIL_MEAN_MS))


def _person(plan: Plan, arrival: int, at: float, luck: random.Random) -> Person:
    def around(median: float, spread: float) -> float:
        return median * luck.lognormvariate(0, spread)

    is_away = luck.random() < AWAY
    notices = around(REACTION_MEDIAN_MS, REACTION_SPREAD)
    if is_away:
        notices += luck.expovariate(1 / AWAY_MEAN_MS)
    pays = around(CARD_MEDIAN_MS, CARD_SPREAD)
    if luck.random() < DECLINED:
        pays = pays + around(CARD_MEDIAN_MS, CARD_SPREAD) if luck.random() < ANOTHER_CARD else 0
    if luck.random() < NOT_PAID:
        pays = 0
    return Person(
        arrival=arrival,
        arrives_at=at,
        holder=Holder.browser(f"{plan.name} {plan.seed} {arrival}"),
        patience=around(PATIENCE_MEDIAN_MS, PATIENCE_SPREAD),
        is_gone_before=luck.random() < LEAVE_BEFORE,
        has_hidden_page=luck.random() < HIDDEN_PAGE,
        notices_after=notices,
        is_never_back=is_away and luck.random() < NEVER_BACK,
        chooses_for=around(CHOOSING_MEDIAN_MS, CHOOSING_SPREAD),
        drops_out=luck.random() < DROP_OUT,
        stays=luck.random() < STAY,
        wants=luck.choices(list(WANTED), list(WANTED.values()))[0],
        pays_after=pays,
        leaves_if_unlikely=luck.random() < LEAVE_IF_UNLIKELY,
    )
