"""How long orders take at the box office, as this process has seen it lately."""

import threading
import time

WEIGHT = 0.05
"""Of the newest order in the mean."""
FRESH_SECONDS = 3.0
MOST_RESELLERS = 10_000

_lock = threading.Lock()
_waits: dict[str, tuple[float, float]] = {}
"""By schema: the mean in ms, and when it was last added to."""


def observe(schema: str, seconds: float) -> None:
    """An order of this reseller was answered after so long."""
    with _lock:
        mean, _ = _waits.get(schema, (seconds * 1000, 0.0))
        if schema not in _waits and len(_waits) >= MOST_RESELLERS:
            _waits.clear()
        _waits[schema] = (mean + (seconds * 1000 - mean) * WEIGHT, time.monotonic())


def observed() -> dict[str, float]:
    """Mean ms by schema, of those who sold something in the last FRESH_SECONDS."""
    oldest = time.monotonic() - FRESH_SECONDS
    with _lock:
        return {schema: mean for schema, (mean, at) in _waits.items() if at >= oldest}
