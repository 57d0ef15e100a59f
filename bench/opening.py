"""Opening a reseller with shows on sale, by the front doors of core; prints how to reach it.

A program of its own (`python -m bench.opening`): settings are read once a process, and a test that
wants a stage has read others already. Expects one argument: the wishes as JSON.
"""

import json
import sys
from dataclasses import asdict
from datetime import timedelta

from api import permissions
from bench.resellers import OnSale, Reseller, Wishes
from core import accounts, catalogue, clock, references, tenancy
from core.database import db, transaction
from core.fees import FeePlan
from core.tenancy import Tenant
from jobs import program

CURRENCY = "EUR"
PRICE_MINOR = 2500
FEE_PLAN = {
    "percent_bp": 250,
    "fixed_minor": 49,
    "min_minor": 49,
    "max_minor": 995,
    "storefront_bp": 100,
}
KEPT_OPEN = timedelta(days=30)


def open_reseller(wishes: Wishes) -> Reseller:
    tenant = tenancy.open_reseller(
        slug=wishes.slug,
        name=f"House {wishes.slug}",
        legal_name="House of Music GmbH",
        email="office@house.example",
        address="Ringstrasse 1\n10115 Berlin",
        country="DE",
        currency=CURRENCY,
        time_zone="Europe/Berlin",
        fee_plan_id=_add_fee_plan(wishes.slug),
    )
    with tenancy.bound_to(tenant):
        shows = tuple(_add_show(number, count, wishes) for number, count in enumerate(wishes.shows))
    return Reseller(tenant.reference, tenant.slug, tenant.schema_name, _make_key(tenant), shows)


def _add_fee_plan(name: str) -> int:
    with tenancy.on_platform(), transaction():
        plan = FeePlan(
            reference=references.new("fee_plan"),
            name=name,
            version=1,
            currency=CURRENCY,
            **FEE_PLAN,
        )
        db.session.add(plan)
        db.session.flush()
        return plan.id


def _make_key(tenant: Tenant) -> str:
    scopes = sorted(set(permissions.SCOPES.values()))
    with tenancy.on_platform(), transaction():
        return accounts.make_key(reseller_id=tenant.id, name="On stage", mode="live", scopes=scopes)


def _add_show(number: int, ticket_types: int, wishes: Wishes) -> OnSale:
    now = clock.now()
    with transaction():
        show = catalogue.add_show(
            **{
                "title": f"Concert {number + 1}",
                "place_name": "Great Hall",
                "place_address": "Ringstrasse 1, Berlin",
                "time_zone": "Europe/Berlin",
                "starts_at": now + KEPT_OPEN,
                "doors_at": now + KEPT_OPEN,
                "ends_at": now + KEPT_OPEN + timedelta(hours=3),
                "on_sale_at": now - timedelta(days=1),
                "off_sale_at": now + KEPT_OPEN,
                "currency": CURRENCY,
                **wishes.show_facts,
            }
        )
        references_of_types = tuple(
            catalogue.add_ticket_type(
                show,
                name=f"Block {each + 1}",
                price_minor=PRICE_MINOR,
                capacity=wishes.capacity,
                position=each,
            ).reference
            for each in range(ticket_types)
        )
        catalogue.publish(show)
        return OnSale(show.reference, references_of_types)


if __name__ == "__main__":
    program.begin()
    with program.application().app_context():
        print(json.dumps(asdict(open_reseller(Wishes(**json.loads(sys.argv[1]))))))
