"""Making the world, step by step. Each looks what is there, so a killed run goes on."""

from core import actors, tenancy
from core.clock import now
from core.failpoints import failpoint
from core.tenancy import Tenant
from jobs import program
from serve.demo import announcing, buying, opening, past, world
from serve.demo.marking import find_mark
from serve.demo.world import Reseller


def seed() -> dict[str, str]:
    """Make what is missing; answers with the resellers' references by slug."""
    program.begin()
    with program.application().app_context():
        opening.add_admin()
        tenants = [_seed(spec) for spec in world.resellers()]
        return find_mark() or opening.mark(tenants)


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
