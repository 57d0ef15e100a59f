"""Pacing: Stripe is asked no faster than it allows, and whoever waits for that keeps its turn.

One budget for each of Stripe's endpoints, for all resellers and processes together: it is the
account that has the limit. Redis keeps the line; without it, each process keeps a part of the rate.
"""

from core.pacing.backlogs import Backlog, backlog
from core.pacing.lines import PATIENCE_SECONDS, PAYMENTS, Slot, find_wait, finish, reserve, take

__all__ = [
    "PATIENCE_SECONDS",
    "PAYMENTS",
    "Backlog",
    "Slot",
    "backlog",
    "find_wait",
    "finish",
    "reserve",
    "take",
]
