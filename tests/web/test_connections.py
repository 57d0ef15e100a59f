"""No request holds two connections: with as many requests as the pool has, none would end."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from core import database, fees, orders, tenancy, tickets
from core.database import db, transaction
from core.fees import queries as plans
from core.tenancy import Tenant
from tests import world
from tests.api.conftest import Program, key_for
from tests.browsing import TOKEN, Browser
from tests.dashboard.conftest import sign_in as sign_in_member
from tests.storefront.conftest import field, sign_in


class Counter:
    def __init__(self) -> None:
        self.now = self.most = 0

    def out(self, *_: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def back(self, *_: Any) -> None:
        self.now -= 1


@contextmanager
def counted() -> Iterator[Counter]:
    """How many connections are out at once, beginning with none of the test's own."""
    db.session.rollback()
    tenancy.forget_hosts()
    plans.forget_plans()
    counter, pool = Counter(), database.engine("main").pool
    sa.event.listen(pool, "checkout", counter.out)
    sa.event.listen(pool, "checkin", counter.back)
    try:
        yield counter
    finally:
        sa.event.remove(pool, "checkout", counter.out)
        sa.event.remove(pool, "checkin", counter.back)
    assert counter.now == 0


def add_plan() -> int:
    with tenancy.on_platform(), transaction():
        plan = fees.FeePlan(
            reference=f"fee_{secrets.token_hex(8)}",
            name=secrets.token_hex(4),
            version=1,
            currency="EUR",
            percent_bp=300,
            fixed_minor=30,
            min_minor=50,
            max_minor=500,
            storefront_bp=100,
        )
        db.session.add(plan)
        db.session.flush()
        return plan.id


@pytest.fixture
def reseller(house: None) -> Iterator[Tenant]:
    """One that pays fees."""
    tenant = world.open_reseller(fee_plan_id=add_plan())
    with tenancy.bound_to(tenant):
        yield tenant


def test_placing_an_order_holds_one(browser: Browser, show: Any) -> None:
    world.add_customer()
    sign_in(browser)
    page = f"/shows/{show.slug}"
    found = TOKEN.search(browser.get(page).text)
    assert found
    fields = {field(show): "2", "csrf_token": found.group(1)}

    with counted() as connections:
        answer = browser.post(f"{page}/orders", data=fields)

    assert answer.status_code == 303
    assert connections.most == 1
    order = orders.get_by_reference(answer.headers["Location"].split("/")[2])
    assert order.platform_fee_minor > 0


def test_reading_holds_one(browser: Browser, show: Any) -> None:
    customer_id = world.add_customer().id
    reference = world.place(show, customer_id=customer_id).reference
    sign_in(browser)
    for path in ("/", f"/shows/{show.slug}", "/my-tickets", f"/orders/{reference}/payment", "/x"):
        with counted() as connections:
            browser.get(path)
        assert connections.most == 1, path


def test_placing_through_the_api_holds_one(app: Any, reseller: Tenant, show: Any) -> None:
    program = Program(app, key_for(reseller))
    wish = {
        "show": show.reference,
        "items": [{"ticket_type": show.ticket_types[0].reference, "quantity": 2}],
        "customer": {"email": "ada@example.org", "name": "Ada Lovelace"},
    }

    with counted() as connections:
        answer = program.order(wish)

    assert answer.status_code == 201
    assert connections.most == 1


def test_refunding_holds_one(app: Any, reseller: Tenant, show: Any) -> None:
    reference = world.place(show).reference
    world.pay(reference)
    chosen = tickets.of_order(orders.get_by_reference(reference).id)[0].reference
    member = sign_in_member(app, reseller)
    found = TOKEN.search(member.get("/orders").text)
    assert found
    fields = {"ticket": chosen, "reason": "ill", "csrf_token": found.group(1)}

    with counted() as connections:
        answer = member.post(f"/orders/{reference}/refunds", data=fields)

    assert answer.status_code == 303
    assert connections.most == 1
