"""Many lives on one virtual clock: each says after how long it goes on."""

import heapq
from collections.abc import Generator
from itertools import count

Life = Generator[float, None, None]
"""Yields ms to wait."""


class Agenda:
    """What happens when, in order of time; of one moment, what was put down first."""

    def __init__(self, begins_at_ms: float) -> None:
        self.now = begins_at_ms
        self._due: list[tuple[float, int, Life]] = []
        self._count = count()

    def __len__(self) -> int:
        return len(self._due)

    def begin(self, life: Life, at_ms: float) -> None:
        assert at_ms >= self.now
        heapq.heappush(self._due, (at_ms, next(self._count), life))

    def run_until(self, until_ms: float) -> None:
        """Everything due before this moment; it is this moment then."""
        due = self._due
        while due and due[0][0] < until_ms:
            self.now, _, life = heapq.heappop(due)
            wait = next(life, None)
            if wait is not None:
                heapq.heappush(due, (self.now + max(0.0, wait), next(self._count), life))
        self.now = until_ms
