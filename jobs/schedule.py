"""When, do what: everything periodic, in one table. The relay's process runs it.

Each is safe to run twice or late, so a restart or a clock change harms nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from core import accounts, actors, boxoffice, idempotency, orders, payments, tenancy
from core.database import transaction
from core.errors import Refused
from core.payments import GatewayDown
from core.tenancy import Tenant
from jobs import audit, program

log = structlog.get_logger()


def expire_overdue() -> None:
    """Write down which holds are over. They are sellable before that."""
    while boxoffice.at_the_till(orders.expire_overdue) == orders.EXPIRY_BATCH:
        pass


def reconcile_payments() -> None:
    payments.reconcile()


def forget_what_is_over() -> None:
    """Answers kept for repeated requests, and sign-ins that have ended."""
    with transaction():
        idempotency.forget_old()
        accounts.forget_ended_sign_ins()


@dataclass
class Periodic:
    act: Callable[[], None]
    every_seconds: float
    due_at: float = 0.0


AUDIT_EVERY_SECONDS = 600

SCHEDULE = [
    Periodic(expire_overdue, every_seconds=5),
    Periodic(reconcile_payments, every_seconds=20),
    Periodic(forget_what_is_over, every_seconds=3600),
]
LONG_SCHEDULE = [
    # Not at once: what was left undone while we did not run is about to be done.
    Periodic(
        audit.tell_of_findings,
        every_seconds=AUDIT_EVERY_SECONDS,
        due_at=time.monotonic() + AUDIT_EVERY_SECONDS,
    ),
]
"""What takes long with a big reseller: on a clock of its own, so that no hold waits for it."""
CLOCKS = (SCHEDULE, LONG_SCHEDULE)
TICK_SECONDS = 0.5
LAST_ACT_SECONDS = 2.0
"""How long the end waits for an act that is under way; each can be cut off."""


def run(is_running: Callable[[], bool], schedule: list[Periodic]) -> None:
    """Do what the clock asks until told to stop. In a thread of its own: Stripe may be slow."""
    with program.application().app_context():
        while is_running():
            try:
                run_due(schedule)
            except Exception:  # a clock that stopped would be noticed by nobody
                log.exception("schedule.trouble")
            time.sleep(TICK_SECONDS)


def run_due(schedule: list[Periodic]) -> None:
    """Do for every reseller what is due. One reseller's trouble does not stop the others."""
    due = [each for each in schedule if each.due_at <= time.monotonic()]
    if not due:
        return
    waiting = list(due)
    for tenant in tenancy.everyone():
        with tenancy.bound_to(tenant), actors.acting_as("schedule"):
            for each in list(waiting):
                if not _do(each, tenant):
                    waiting.remove(each)
    for each in due:
        each.due_at = time.monotonic() + each.every_seconds


def _do(each: Periodic, tenant: Tenant) -> bool:
    """Whether to go on with the next reseller: not while Stripe, say, answers nobody."""
    name = each.act.__name__
    try:
        each.act()
    except GatewayDown as down:
        log.warning("schedule.put_off", act=name, reseller=tenant.slug, why=str(down))
        return False
    except Refused as refusal:
        log.warning("schedule.refused", act=name, reseller=tenant.slug, why=str(refusal))
    except Exception:  # whatever it is, the next reseller must have its turn
        log.exception("schedule.failed", act=name, reseller=tenant.slug)
    return True
