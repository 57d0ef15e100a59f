"""People of a reseller at their dashboard, and a neighbour's."""

import secrets
from typing import Any

import pytest

from core import accounts, boxoffice, orders, payments, tenancy
from core.database import db, transaction
from core.moves import begin
from core.orders import Order
from core.payments import Payment, PaymentState
from core.payments.states import PAYMENT_LIFE
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


def pay(reference: str) -> None:
    """Let the money for an order come in, as Stripe would tell of it."""
    with transaction():
        order = orders.get_by_reference(reference)
        payment = Payment(
            order_id=order.id,
            amount_minor=order.total_minor,
            currency=order.currency,
            state=PaymentState.OPEN,
            intent_id=f"pi_{secrets.token_hex(6)}",
        )
        db.session.add(payment)
        db.session.flush()
        begin(PAYMENT_LIFE, payment.id, state=PaymentState.OPEN, reason="in a test")
    intent = world.intent_for(payment)
    assert boxoffice.at_the_till(lambda: payments.settle(intent)) == "paid"


@pytest.fixture
def owner(app: Any, reseller: Tenant) -> Browser:
    return sign_in(app, reseller)


@pytest.fixture
def paid(order: Order) -> str:
    """Reference of Ada's order of two tickets, paid."""
    reference: str = order.reference
    pay(reference)
    return reference
