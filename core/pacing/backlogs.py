"""How busy the budget for payments is: for the waiting room, which lets in as many as can pay."""

from dataclasses import dataclass

import redis

from core import settings
from core.pacing import scripts
from core.pacing.lines import MICRO, interval_seconds, keys, limits
from core.redis import asking


@dataclass(frozen=True, slots=True)
class Backlog:
    per_second: float
    """How many payments may be begun in a second."""
    waiting_seconds: float
    """How long somebody would wait that came now; 0 if nobody is before it."""


def backlog() -> Backlog:
    """Reads only. If Redis is away nobody waits, as far as we know."""
    per_second = float(settings.load().stripe_payments_per_second)
    try:
        with asking() as client:
            away, in_line = client.eval(scripts.LOOK, 2, *keys()[:2], *limits())
    except redis.RedisError:
        return Backlog(per_second, 0.0)
    return Backlog(per_second, away / MICRO + in_line * interval_seconds())
