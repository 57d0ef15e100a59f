"""What must hold at every moment of a sale. A run in which it does not has failed."""

from collections import deque

MOST_TOLD = 20
"""Sentences; there may be thousands of the same."""
WINDOW_MS = 1000.0
ROUNDING_MS = 1e-6


class Promises:
    """Looks at everything that happens, and remembers what should not have."""

    def __init__(self, *, tickets: int, seats: int, payments_per_second: int) -> None:
        self.broken: list[str] = []
        self.most_seats = 0
        self._tickets = tickets
        self._seats = seats
        self._payments: deque[float] = deque(maxlen=payments_per_second)
        self._serving = 0
        self._last_given = 0

    def require(self, holds: bool, otherwise: str) -> None:
        if not holds and len(self.broken) < MOST_TOLD:
            self.broken.append(otherwise)

    def stock(self, held: int, sold: int) -> None:
        is_enough = min(held, sold) >= 0 and held + sold <= self._tickets
        self.require(is_enough, f"{held} held and {sold} sold of {self._tickets} tickets")

    def seats(self, taken: int, at: float) -> None:
        self.most_seats = max(self.most_seats, taken)
        self.require(
            taken <= self._seats, f"{taken} of {self._seats} seats taken at {at / 1000:.0f} s"
        )

    def payment(self, at: float) -> None:
        begun = self._payments
        if len(begun) == begun.maxlen:
            is_slow = at - begun[0] >= WINDOW_MS - ROUNDING_MS
            self.require(is_slow, f"more than {begun.maxlen} payments within a second of {at:.0f}")
        begun.append(at)

    def called(self, serving: int) -> None:
        self.require(
            serving >= self._serving, f"the line went back from {self._serving} to {serving}"
        )
        self._serving = serving

    def given(self, number: int) -> None:
        """A number by arrival, behind all before it."""
        self.require(
            number > self._last_given, f"number {number} was given after {self._last_given}"
        )
        self._last_given = number

    def admitted(self, number: int) -> None:
        self.require(
            0 < number <= self._serving, f"number {number} came in before {self._serving + 1}"
        )
