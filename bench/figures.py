"""What a run of requests amounts to."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

SAMPLE_CHARACTERS = 500


@dataclass
class Figures:
    """Answers that came within the time make the rate; the others are counted with the rest."""

    seconds: float = 0.0
    answers: int = 0
    """All of them, also those that came after the time was up."""
    per_second: float = 0.0
    p50_ms: float = 0.0
    p90_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    """By kind: 'status 503', 'reset', 'closed', 'refused', 'timed out', 'unreadable'."""
    samples: dict[str, str] = field(default_factory=dict)
    """The first of each kind of error, in the words it came with."""
    reconnected: int = 0
    """The server asked for it ('Connection: close'), as a worker does that begins afresh."""
    own_cpu_share: float = 0.0
    """Of one core: what asking itself took."""
    cpu_us: dict[str, float] = field(default_factory=dict)
    """CPU time a request, by program."""

    def note_error(self, kind: str, sample: str = "") -> None:
        self.errors[kind] += 1
        self.samples.setdefault(kind, sample[:SAMPLE_CHARACTERS])

    def note_latencies(self, latencies_seconds: Sequence[float]) -> None:
        ordered = sorted(latencies_seconds)
        if ordered:
            self.p50_ms, self.p90_ms, self.p99_ms = (
                _percentile_ms(ordered, share) for share in (0.5, 0.9, 0.99)
            )
            self.max_ms = round(ordered[-1] * 1000, 2)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _percentile_ms(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so many are not above (nearest rank)."""
    rank = math.ceil(share * len(ordered))
    return round(ordered[rank - 1] * 1000, 2)


def median(rounds: Sequence[Figures]) -> Figures:
    """Several runs of the same as one: medians of what was measured, sums of what was counted."""
    together = Figures(
        **{
            name: round(statistics.median(getattr(each, name) for each in rounds), 2)
            for name in ("per_second", "p50_ms", "p90_ms", "p99_ms", "own_cpu_share")
        },
        max_ms=max(each.max_ms for each in rounds),
        seconds=sum(each.seconds for each in rounds),
        answers=sum(each.answers for each in rounds),
        reconnected=sum(each.reconnected for each in rounds),
    )
    for name in rounds[0].cpu_us:
        spent = [each.cpu_us[name] for each in rounds if name in each.cpu_us]
        together.cpu_us[name] = round(statistics.median(spent), 1)
    for each in rounds:
        together.statuses.update(each.statuses)
        together.errors.update(each.errors)
        together.samples = {**each.samples, **together.samples}
    return together
