"""The plan a reseller sells under."""

import sqlalchemy as sa

from core.database import db
from core.fees.models import FeePlan
from core.fees.platform_fee import Plan
from core.remembering import Remembered
from core.tenancy import Tenant, on_platform

CACHE_SECONDS = 30.0
CACHE_LIMIT = 10_000


def plan_of(tenant: Tenant) -> Plan | None:
    """The reseller's fee plan; versions never change, so only the assignment can be stale.

    May open a transaction on the platform: call it before the reseller's own, as a request that
    holds one connection must not wait for another.
    """
    plan_id = tenant.fee_plan_id
    if plan_id is None:
        return None
    return _known.get(plan_id)


def _look_up(plan_id: int) -> Plan:
    with on_platform():
        row = db.session.scalars(sa.select(FeePlan).where(FeePlan.id == plan_id)).one()
        return Plan(
            reference=row.reference,
            percent_bp=row.percent_bp,
            fixed_minor=row.fixed_minor,
            min_minor=row.min_minor,
            max_minor=row.max_minor,
            storefront_bp=row.storefront_bp,
        )


_known = Remembered(_look_up, seconds=CACHE_SECONDS, limit=CACHE_LIMIT)


def forget_plans() -> None:
    """Look every plan up afresh, as a process does that has just begun."""
    _known.forget()
