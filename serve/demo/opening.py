"""The platform's side of the world: fee plans, resellers, the people who may sign in, API keys."""

import sqlalchemy as sa

from core import accounts, references, tenancy
from core.accounts import Admin, ApiKey, Customer, Member
from core.clock import now
from core.database import db, transaction
from core.fees import FeePlan
from core.tenancy import Tenant
from serve.demo import marking, passwords
from serve.demo.world import Reseller
from themes.presets import preset

FEE_PLAN = {
    "percent_bp": 250,
    "fixed_minor": 49,
    "min_minor": 49,
    "max_minor": 995,
    "storefront_bp": 100,
}
"""2.5 % and 0.49 on each ticket, from 0.49 to 9.95; 1 % more on the hosted storefront."""
FEE_PLAN_VERSION = 1
KEY_NAME = "Demo"
KEY_SCOPES = ["shows:read", "orders:read", "orders:write"]


def open_reseller(spec: Reseller) -> Tenant:
    """The reseller, opened if it is not yet, with its members and API key."""
    found = tenancy.find_by_slug(spec.slug)
    tenant = found or tenancy.open_reseller(
        slug=spec.slug,
        name=spec.name,
        legal_name=spec.legal_name,
        tagline=spec.tagline,
        email=spec.email,
        address=spec.address,
        tax_id=spec.tax_id,
        country=spec.country,
        currency=spec.currency,
        time_zone=spec.time_zone,
        tokens=preset(spec.slug).model_dump(),
        fee_plan_id=_fee_plan(spec.currency),
    )
    _add_members(spec, tenant)
    make_key(tenant)
    return tenant


def add_admin() -> None:
    with tenancy.on_platform(), transaction():
        if not _is_there(Admin, passwords.ADMIN_EMAIL):
            accounts.add_admin(
                email=passwords.ADMIN_EMAIL,
                name=passwords.ADMIN_NAME,
                role=passwords.ADMIN_ROLE,
                password=passwords.ADMIN,
            )


def add_customer(spec: Reseller) -> int:
    """The id of the demo customer. With the reseller bound."""
    email = spec.customer.email
    with transaction():
        if not _is_there(Customer, email):
            accounts.add_customer(email=email, name=spec.customer.name, password=passwords.CUSTOMER)
        customer_id: int = db.session.scalars(
            sa.select(Customer.id).where(Customer.email == email)
        ).one()
    return customer_id


def mark(tenants: list[Tenant]) -> dict[str, str]:
    """Write down that the world is whole; references by slug."""
    by_slug = {tenant.slug: tenant.reference for tenant in tenants}
    with tenancy.on_platform(), transaction():
        accounts.write_audit(marking.MARK, "the demo world", references=by_slug)
    return by_slug


def _is_there(model: type[Admin | Customer | Member], email: str) -> bool:
    return db.session.scalar(sa.select(sa.exists().where(model.email == email))) or False


def _fee_plan(currency: str) -> int:
    """The id of the standard plan in a currency: amounts of one mean nothing in another."""
    name = f"Standard ({currency})"
    is_it = (FeePlan.name == name) & (FeePlan.version == FEE_PLAN_VERSION)
    with tenancy.on_platform(), transaction():
        found = db.session.scalars(sa.select(FeePlan.id).where(is_it)).one_or_none()
        if found is not None:
            return found
        plan = FeePlan(
            reference=references.new("fee_plan"),
            name=name,
            version=FEE_PLAN_VERSION,
            currency=currency,
            **FEE_PLAN,
        )
        db.session.add(plan)
        db.session.flush()
        return plan.id


def _add_members(spec: Reseller, tenant: Tenant) -> None:
    for member in spec.members:
        with tenancy.on_platform(), transaction():
            if not _is_there(Member, member.email):
                accounts.add_member(
                    reseller_id=tenant.id,
                    email=member.email,
                    name=member.name,
                    role=member.role,
                    password=passwords.MEMBERS[member.role],
                )


def make_key(tenant: Tenant) -> None:
    """An API key that we know in full: the one kept, or else a new one in its place."""
    kept = marking.kept_keys().get(tenant.slug)
    caller = accounts.find_key(kept) if kept else None
    if caller is not None and caller.tenant.id == tenant.id:
        return
    ours = (ApiKey.reseller_id == tenant.id) & (ApiKey.name == KEY_NAME)
    with tenancy.on_platform(), transaction():
        db.session.execute(sa.update(ApiKey).where(ours).values(revoked_at=now()))
        key = accounts.make_key(
            reseller_id=tenant.id, name=KEY_NAME, mode="test", scopes=KEY_SCOPES
        )
    marking.keep_key(tenant.slug, key)
