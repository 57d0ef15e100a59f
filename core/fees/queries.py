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
    """The reseller's fee plan; versions never change, so only the assignment can be stale.

    May open a transaction on the platform: call it before the reseller's own, as a request that
    holds one connection must not wait for another.
    """
    plan_id = tenant.fee_plan_id
    if plan_id is None:
        return None
    found = _cache.get(plan_id)
    if found:
        if found[0] > time.monotonic():
            return found[1]
        _keep(plan_id, found[1])  # one looks it up; who comes meanwhile uses what there is
    return _keep(plan_id, _look_up(plan_id))


def forget_plans() -> None:
    """Look every plan up afresh, as a process does that has just begun."""
    _cache.clear()


def _keep(plan_id: int, plan: Plan) -> Plan:
    if len(_cache) >= CACHE_LIMIT:
        _cache.clear()
    _cache[plan_id] = (time.monotonic() + CACHE_SECONDS, plan)
    return plan


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
