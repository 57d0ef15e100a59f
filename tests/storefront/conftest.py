"""Customers at a storefront, and resellers that do not sell."""

import secrets
from typing import Any

import pytest
import sqlalchemy as sa

from core import catalogue, tenancy
from core.database import db, transaction
from core.tenancy import ResellerState, Tenant
from tests import world
from tests.browsing import Browser


def from_anywhere() -> dict[str, str]:
    """An address that nobody has tried from: limits count by address."""
    return {"REMOTE_ADDR": f"2001:db8::{secrets.randbits(16):x}:{secrets.randbits(16):x}"}


def sign_in(browser: Browser, email: str = "ada@example.org") -> Browser:
    answer = browser.post(
        "/sign-in", seen_on="/sign-in", data={"email": email, "password": world.PASSWORD}
    )
    assert answer.status_code == 303, answer.text[:500]
    return browser


def mark(tenant: Tenant, state: ResellerState) -> None:
    """Pause or close a reseller, as the console does."""
    with tenancy.on_platform(), transaction():
        db.session.execute(
            sa.update(tenancy.Reseller).where(tenancy.Reseller.id == tenant.id).values(state=state)
        )
    tenancy.forget_hosts()


def field(show: Any) -> str:
    return f"quantity-{catalogue.ticket_types(show)[0].reference}"


def held(show: Any) -> int:
    """How many tickets of the show are held now; a request ends the test's own session."""
    db.session.rollback()
    found: int = catalogue.get_any_show(show.reference).ticket_types[0].held
    return found


@pytest.fixture
def ada(browser: Browser) -> Browser:
    """The browser of a customer who is signed in."""
    world.add_customer()
    return sign_in(browser)
