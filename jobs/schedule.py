"""When, do what: everything periodic, in one table. The relay's process runs it.

Each is safe to run twice or late, so a restart or a clock change harms nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from core import actors, boxoffice, orders, payments, tenancy
from core.errors import Refused

log = structlog.get_logger()


def expire_overdue() -> None:
    """Write down which holds are over. They are sellable before that."""
    while boxoffice.at_the_till(orders.expire_overdue) == orders.EXPIRY_BATCH:
        pass


def reconcile_payments() -> None:
    payments.reconcile()


@dataclass
class Periodic:
    act: Callable[[], None]
    every_seconds: float
    due_at: float = 0.0


SCHEDULE = [
    Periodic(expire_overdue, every_seconds=5),
    Periodic(reconcile_payments, every_seconds=20),
]


def run_due() -> None:
    """Do for every reseller what is due. One reseller's trouble does not stop the others."""
    due = [each for each in SCHEDULE if each.due_at <= time.monotonic()]
    if not due:
        return
    for tenant in tenancy.all_open():
        with tenancy.bound_to(tenant), actors.acting_as("schedule"):
            for each in due:
                try:
                    each.act()
                except Refused as refusal:
                    log.warning(
                        "schedule.refused",
                        act=each.act.__name__,
                        reseller=tenant.slug,
                        why=str(refusal),
                    )
    for each in due:
        each.due_at = time.monotonic() + each.every_seconds
