"""Events that were given up, as the console lists them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core import events, tenancy
from core.tenancy import Tenant


@dataclass(frozen=True)
class Stuck:
    """An event that waits for a person."""

    reference: str
    reseller_reference: str
    reseller_name: str
    type: str
    subject: str
    awaits: list[str]
    attempts: int
    recorded_at: datetime


def given_up_of(tenant: Tenant) -> list[Stuck]:
    with tenancy.bound_to(tenant):
        return [
            Stuck(
                reference=event.reference,
                reseller_reference=tenant.reference,
                reseller_name=tenant.name,
                type=event.type,
                subject=event.subject_reference,
                awaits=list(event.awaits),
                attempts=event.attempts,
                recorded_at=event.recorded_at.astimezone(UTC),
            )
            for event in events.given_up()
        ]
