"""The box office: the one writer of stock. Nothing else changes `held` or `sold`."""

from core.boxoffice.combining import Line
from core.boxoffice.observing import observe, observed
from core.boxoffice.published import VERSION, Counts, Published, find_published, publish
from core.boxoffice.stock import SoldOut, is_short, release, return_sold, sell, sell_held, take
from core.boxoffice.till import Busy, Overtaken, Unknown, at_the_till

__all__ = [
    "VERSION",
    "Busy",
    "Counts",
    "Line",
    "Overtaken",
    "Published",
    "SoldOut",
    "Unknown",
    "at_the_till",
    "find_published",
    "is_short",
    "observe",
    "observed",
    "publish",
    "release",
    "return_sold",
    "sell",
    "sell_held",
    "take",
]
