"""The test world: real PostgreSQL and Redis, a reseller for each test, and a neighbour.

Every reseller is a fresh schema (35 ms), so tests share nothing and need no cleaning. With
DATABASE_URL or REDIS_URL set, those servers are used; the database is still one of our own making.
"""

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import databases

ROOT = Path(__file__).resolve().parents[1]
SLOW = ("tests/faults/", "tests/demo/", "tests/bench/")
"""Few tests that take long: first, so that nobody waits for them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """Environment of the whole run: servers, secrets, and nobody at Stripe's or the mail's end."""
    from core.embedded import temporary

    with temporary(
        database_url=os.environ.get("DATABASE_URL"), redis_url=os.environ.get("REDIS_URL")
    ) as found:
        name = f"tts_test_{secrets.token_hex(4)}"
        environment = {
            "DATABASE_URL": databases.make(found.database_url, name),
            "REDIS_URL": found.redis_url,
            "SECRET_KEY": "0123456789abcdef0123456789abcdef",
            "TICKET_SIGNING_KEY": base64.b64encode(b"k" * 32).decode(),
            "STRIPE_SECRET_KEY": "sk_test_of_the_tests",
            "STRIPE_PUBLISHABLE_KEY": "pk_test_of_the_tests",
            "STRIPE_WEBHOOK_SECRET": "whsec_of_the_tests",
            "STRIPE_API_BASE": "http://127.0.0.1:9",
            "STRIPE_JS_URL": "http://127.0.0.1:9/v3/stripe.js",
            "STRIPE_PAYMENTS_PER_SECOND": "10000",
            "SMTP_URL": "smtp://127.0.0.1:9",
            "POOL_SIZE": "30",
        }
        before = {key: os.environ.get(key) for key in environment}
        os.environ.update(environment)
        subprocess.run([sys.executable, "-m", "migrations"], check=True, cwd=ROOT, timeout=60)
        yield environment
        from core import database

        database.engine("main").dispose()
        database.owner_engine("main").dispose()
        databases.drop(found.database_url, name)
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.__setitem__(key, value)


@pytest.fixture
def seed() -> int:
    """Of everything random in this test: SEED=… repeats a run. Printed, and shown when it fails."""
    number = int(os.environ.get("SEED") or secrets.randbelow(2**31))
    print(f"SEED={number} repeats this run")
    return number


@pytest.fixture(scope="session")
def house(servers: dict[str, str]) -> Iterator[None]:
    """Core and jobs, without a door; the sessions of the tests live in here."""
    from core import settings
    from jobs import program

    settings.load.cache_clear()
    program.begin()
    with program.application().app_context():
        yield


@pytest.fixture(scope="session")
def app(house: None) -> object:
    """The whole application, every door."""
    from wsgi import create_app

    return create_app()


@pytest.fixture
def neighbour(house: None, request: pytest.FixtureRequest) -> Iterator[object]:
    """A reseller next door, whose data nobody else may see; audited afterwards."""
    from tests import world

    tenant = world.open_reseller(name="Next Door")
    yield tenant
    audit(tenant, request)


@pytest.fixture
def reseller(house: None, request: pytest.FixtureRequest) -> Iterator[object]:
    """A reseller of this test's own, bound; audited afterwards."""
    from core import tenancy
    from tests import world

    tenant = world.open_reseller()
    with tenancy.bound_to(tenant):
        yield tenant
    audit(tenant, request)


def audit(tenant: Any, request: pytest.FixtureRequest) -> None:
    """Fail a test that leaves a rule broken; `unaudited("why")` says that it does so on purpose."""
    from core import audit, tenancy

    on_purpose = request.node.get_closest_marker("unaudited")
    if on_purpose:
        assert on_purpose.args, "unaudited: say why"
        return
    with tenancy.bound_to(tenant):
        findings = audit.look()
    if findings:
        pytest.fail("\n".join(["The auditor found:", *map(str, findings)]), pytrace=False)


@pytest.fixture
def show(reseller: object) -> object:
    """On sale: ten tickets of one type at 25 euros."""
    from tests import world

    return world.add_show()


@pytest.fixture
def order(show: object) -> object:
    """Two tickets, held, by Ada."""
    from tests import world

    return world.place(show)  # type: ignore[arg-type]


@pytest.fixture
def browser(app: object, reseller: object) -> object:
    """A browser at the reseller's storefront, over WSGI."""
    from tests.browsing import Browser

    return Browser(app, reseller)
