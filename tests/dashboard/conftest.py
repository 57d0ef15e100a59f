"""People of a reseller at their dashboard, and a neighbour's."""

import secrets
from typing import Any

import pytest

from core import accounts, tenancy
from core.database import transaction
from core.orders import Order
from core.tenancy import Tenant
from tests import world
from tests.browsing import Browser

HOST = "dashboard.localhost"


def from_anywhere() -> dict[str, str]:
    """An address that nobody has tried from: the limit on sign-ins counts by address."""
    return {"REMOTE_ADDR": f"2001:db8::{secrets.randbits(16):x}:{secrets.randbits(16):x}"}


def sign_in(app: Any, tenant: Tenant, role: str = "owner") -> Browser:
    """A browser of a new member of this role, signed in."""
    email = f"{role}-{secrets.token_hex(4)}@house.example"
    with tenancy.on_platform(), transaction():
        accounts.add_member(
            reseller_id=tenant.id, email=email, name="Grace", role=role, password=world.PASSWORD
        )
    member = Browser(app, host=HOST)
    answer = member.post(
        "/sign-in",
        seen_on="/sign-in",
        data={"email": email, "password": world.PASSWORD},
        environ_overrides=from_anywhere(),
    )
    assert answer.status_code == 303, answer.text
    return member


@pytest.fixture
def owner(app: Any, reseller: Tenant) -> Browser:
    return sign_in(app, reseller)


@pytest.fixture
def paid(order: Order) -> str:
    """Reference of Ada's order of two tickets, paid."""
    reference: str = order.reference
    world.pay(reference)
    return reference
