"""A show of which one customer may have four tickets."""

import pytest

from core import catalogue, tenancy
from core.database import transaction
from tests import world


@pytest.fixture
def scarce(reseller: tenancy.Tenant) -> catalogue.Show:
    """On sale: a hundred tickets, four for one customer."""
    with transaction():
        show = world.add_show(is_published=False)
        world.add_type(show, capacity=100, per_customer_limit=4)
        catalogue.publish(show)
    return show
