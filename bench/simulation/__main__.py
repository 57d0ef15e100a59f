"""Simulate one sale: `python -m bench.simulation FACTS`, JSON in, JSON out.

FACTS: reference of the reseller, of a show that is on sale, and the plan.
"""

import json
import sys
from datetime import timedelta

import sqlalchemy as sa

from bench.simulation import findings
from bench.simulation.crowd import GATHER_MINUTES
from bench.simulation.plans import Plan
from bench.simulation.sale import Simulation
from core import catalogue, clock, tenancy, waitingroom
from core.catalogue import Show
from core.database import db, transaction
from core.waitingroom import Room
from jobs import program


def gathering(show_reference: str) -> Room:
    """The room of a show, marked, in which people gather."""
    with transaction():
        show = catalogue.get_show(show_reference)
        opens_at = clock.now() + timedelta(minutes=GATHER_MINUTES - 1)
        db.session.execute(sa.update(Show).where(Show.id == show.id).values(on_sale_at=opens_at))
        db.session.refresh(show)
        waitingroom.mark(show, reason="a simulation")
    waitingroom.forget_rooms()
    room = waitingroom.find_room(show_reference)
    assert room
    return room


if __name__ == "__main__":
    reseller, show, plan = json.loads(sys.argv[1])
    program.begin()
    with program.application().app_context():
        tenant = tenancy.find_by_reference(reseller)
        assert tenant
        with tenancy.bound_to(tenant):
            print(json.dumps(findings.of(Simulation(gathering(show), Plan(**plan)).run())))
