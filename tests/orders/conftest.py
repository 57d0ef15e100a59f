"""A show of which one customer may have four tickets, and many who want them at once."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from core import catalogue, tenancy
from core.database import transaction
from tests import world

PATIENCE_SECONDS = 30


@pytest.fixture
def scarce(reseller: tenancy.Tenant) -> catalogue.Show:
    """On sale: a hundred tickets, four for one customer."""
    with transaction():
        show = world.add_show(is_published=False)
        world.add_type(show, capacity=100, per_customer_limit=4)
        catalogue.publish(show)
    return show


def at_once(tenant: tenancy.Tenant, acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """Do these at the same moment, each as another process would; results or exceptions."""
    from jobs import program

    acts = list(acts)
    results: list[Any] = [None] * len(acts)
    together = threading.Barrier(len(acts), timeout=PATIENCE_SECONDS)

    def run(number: int, act: Callable[[], Any]) -> None:
        with program.application().app_context(), tenancy.bound_to(tenant):
            together.wait()
            try:
                results[number] = act()
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE_SECONDS)
    return results
