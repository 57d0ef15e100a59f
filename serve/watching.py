"""How often a thing may die before we stop pretending that starting it again helps."""

import time
from collections import deque
from pathlib import Path

from serve.refusing import CannotServe

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
MAX_DEATHS = 10
DEATHS_WITHIN_SECONDS = 60.0


class Deaths:
    """How often something died lately, and how long to wait before starting it again."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.times: deque[float] = deque(maxlen=MAX_DEATHS)

    def one_more(self) -> float:
        """Count a death; answers with the pause in seconds. Raises CannotServe at too many."""
        now = time.monotonic()
        while self.times and now - self.times[0] > DEATHS_WITHIN_SECONDS:
            self.times.popleft()
        self.times.append(now)
        if len(self.times) >= MAX_DEATHS:
            raise CannotServe(
                f"{self.name} ended {MAX_DEATHS} times within a minute, so everything stops: "
                f"{self.log} says why."
            )
        pause: float = FIRST_PAUSE_SECONDS * 2 ** (len(self.times) - 1)
        return min(pause, LONGEST_PAUSE_SECONDS)
