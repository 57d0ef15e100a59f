"""Choices that look random and never change: SHA-256 in counter mode, no global state.

The standard `random` promises the same floats for a seed, but not the same choices between
Python versions; a poster must keep its bytes.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
STEPS = 10_000
"""How finely `between` divides its range."""


class Chance:
    """A stream of choices that belongs to one seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode("utf-8", "backslashreplace")
        self._drawn = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        self._drawn += 1
        block = hashlib.sha256(self._seed + b"#%d" % self._drawn).digest()
        return int.from_bytes(block[:8], "big") % limit

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.below(STEPS + 1) / STEPS

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        rest = list(options)
        return [rest.pop(self.below(len(rest))) for _ in options]
