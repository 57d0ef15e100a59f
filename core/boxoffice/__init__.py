"""The box office: the one writer of stock. Nothing else changes `held` or `sold`."""

from core.boxoffice.combining import Line
from core.boxoffice.stock import SoldOut, is_short, release, resell, return_sold, sell_held, take
from core.boxoffice.till import Busy, Overtaken, Unknown, at_the_till

__all__ = [
    "Busy",
    "Line",
    "Overtaken",
    "SoldOut",
    "Unknown",
    "at_the_till",
    "is_short",
    "release",
    "resell",
    "return_sold",
    "sell_held",
    "take",
]
