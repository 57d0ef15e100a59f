"""What is written down of a sale while it goes on."""

from dataclasses import dataclass, field

from bench.simulation.checkout import Checkout
from bench.simulation.crowd import Person
from bench.simulation.line import Line
from bench.simulation.plans import Plan
from bench.simulation.promises import Promises


@dataclass(slots=True)
class Moment:
    """A second of the sale, after those were called who could be."""

    at: float
    waiting: int
    """People who look at the page; more numbers are waiting than people."""
    last: int
    serving: int
    why: str
    unclaimed: int
    choosing: int
    gone: int
    """Passes whose people have left."""
    turns: int
    """Orders that wait for the payment provider."""
    paying: int
    abandoned: int
    """Orders that nobody is going to pay."""
    seats: int
    lingering: int
    """Seats that the line believes taken besides these."""
    sold: int
    held: int
    left: int
    payments: int
    per_minute: float
    conversion: float


@dataclass
class Sale:
    """What a plan came to."""

    plan: Plan
    line: Line
    checkout: Checkout
    promises: Promises
    people: list[Person]
    moments: list[Moment] = field(default_factory=list)
    polls: dict[int, int] = field(default_factory=dict)
    """Of the shared document, by second."""
    asked: dict[int, int] = field(default_factory=dict)
    """What no cache can answer, by second: joins, looks at one's own place, claims, orders."""
    bytes: int = 0
    places: int = 0
    """When it was weighed."""
    choosing: int = 0
    turns: int = 0
    paying: int = 0
    waiting: int = 0
    seconds: float = 0.0
    """Real ones."""
