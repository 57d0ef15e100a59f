"""Each rule is broken by hand, and found; a check that cannot fail proves nothing."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from core import audit, tenancy
from core.audit import LATE_AFTER, RULES
from core.database import owner_engine
from core.tenancy import Tenant
from tests import world
from tests.audit.breaking import BREAKS
from tests.audit.busy import House

CASES = [
    pytest.param(rule, statements, id=f"{rule} ({number})")
    for rule, ways in BREAKS.items()
    for number, statements in enumerate(ways, start=1)
]


@pytest.fixture(scope="module")
def busy(house: None) -> Tenant:
    """One busy house for all these tests: what they break is rolled back."""
    tenant = world.open_reseller()
    with tenancy.bound_to(tenant):
        House().live()
    return tenant


@pytest.fixture
def owner(busy: Tenant) -> Iterator[sa.Connection]:
    """A transaction of the schema's owner, who may take its walls down. It never commits."""
    with owner_engine("main").connect() as connection:
        connection.exec_driver_sql(f'SET LOCAL search_path TO "{busy.schema_name}"')
        yield connection
        connection.rollback()


def broken(connection: sa.Connection) -> list[str]:
    given = {"late_after_seconds": LATE_AFTER.total_seconds()}
    return [rule.name for rule in RULES if connection.execute(sa.text(rule.breaks), given).first()]


def test_a_busy_house_breaks_no_rule(busy):
    with tenancy.bound_to(busy):
        assert audit.look() == []


def test_there_is_a_way_to_break_every_rule():
    assert set(BREAKS) == {rule.name for rule in RULES}


@pytest.mark.parametrize(("rule", "statements"), CASES)
def test_what_is_broken_is_found_and_nothing_else(owner, rule, statements):
    for statement in statements:
        done = owner.exec_driver_sql(statement.replace("%", "%%"))
        assert statement.startswith(("ALTER", "DROP")) or done.rowcount > 0, (
            f"changes nothing: {statement}"
        )

    assert broken(owner) == [rule]
