"""The plan a reseller sells under."""

import time

import sqlalchemy as sa

from core.database import db
from core.fees.models import FeePlan
from core.fees.platform_fee import Plan
from core.tenancy import Tenant, on_platform

CACHE_SECONDS = 30.0
CACHE_LIMIT = 10_000
_cache: dict[int, tuple[float, Plan]] = {}


def plan_of(tenant: Tenant) -> Plan | None:
    """The reseller's fee plan; versions never change, so only the assignment can be stale."""
    if tenant.fee_plan_id is None:
        return None
    found = _cache.get(tenant.fee_plan_id)
    if found and found[0] > time.monotonic():
        return found[1]
    with on_platform():
        row = db.session.scalars(sa.select(FeePlan).where(FeePlan.id == tenant.fee_plan_id)).one()
        plan = Plan(
            reference=row.reference,
            percent_bp=row.percent_bp,
            fixed_minor=row.fixed_minor,
            min_minor=row.min_minor,
            max_minor=row.max_minor,
            storefront_bp=row.storefront_bp,
        )
    if len(_cache) >= CACHE_LIMIT:
        _cache.clear()
    _cache[tenant.fee_plan_id] = (time.monotonic() + CACHE_SECONDS, plan)
    return plan
