"""Making the world, step by step. Each looks what is there, so a killed run goes on."""

from core import actors, tenancy
from core.clock import now
from core.failpoints import failpoint
from core.tenancy import Tenant
from jobs import program
from serve.demo import announcing, buying, opening, past, paying, world
from serve.demo.marking import Mark
from serve.demo.world import Reseller


def seed() -> Mark:
    """Make what is missing, and write down that the world is whole."""
    program.begin()
    with program.application().app_context():
        opening.add_admin()
        with paying.without_notices():
            tenants = [_seed(spec) for spec in world.resellers()]
        return Mark(opening.mark(tenants), has_keys=True)


def renew_keys(mark: Mark) -> Mark:
    """Make API keys in the place of those that were lost; nothing else is touched."""
    program.begin()
    with program.application().app_context():
        for slug in mark.references:
            tenant = tenancy.find_by_slug(slug)
            assert tenant is not None
            opening.make_key(tenant)
    return Mark(mark.references, has_keys=True)


def _seed(spec: Reseller) -> Tenant:
    print(f"Seeding {spec.name} …", end=" ", flush=True)
    tenant = opening.open_reseller(spec)
    failpoint("demo.before_announcing")
    with tenancy.bound_to(tenant), actors.acting_as("customer"):
        customer_id = opening.add_customer(spec)
        announcing.announce(spec, tenant, now=now())
        failpoint("demo.before_past_sales")
        remembered = past.write(spec, tenant, customer_id=customer_id, now=now())
        failpoint("demo.before_buying")
        bought = buying.buy(spec, tenant, customer_id=customer_id)
    print(f"{len(spec.shows)} shows, {remembered + bought} orders", flush=True)
    return tenant
