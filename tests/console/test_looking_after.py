"""What we see of resellers, and who else sees it."""

from typing import Any

import pytest
import sqlalchemy as sa

import console
from console import permissions, resellers
from core import accounts, events, tenancy
from core.database import db, transaction
from core.events import Event
from core.events.handling import MAX_ATTEMPTS
from core.orders import Order
from core.tenancy import Tenant
from tests.browsing import Browser
from tests.console.conftest import HOST, sign_in
from tests.dashboard.conftest import sign_in as sign_in_member

PAGES = ["/", "/operations"]


@pytest.fixture
def stuck(order: Order) -> str:
    """Reference of an event that nobody asks for any more."""
    with transaction():
        event = db.session.scalars(sa.select(Event).where(Event.subject_id == order.id)).one()
        event.handled_at, event.attempts, event.awaits = None, MAX_ATTEMPTS, ["confirm_order"]
        reference: str = event.reference
    return reference


def test_every_endpoint_is_in_the_table(app: Any) -> None:
    endpoints = {rule.endpoint for rule in console.create_door().url_map.iter_rules()}

    assert endpoints == set(permissions.ROLES) | permissions.OPEN


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_the_sign_in(app: Any, path: str) -> None:
    assert Browser(app, host=HOST).get(path).status_code == 302


def test_a_members_cookie_opens_nothing_here(app: Any, reseller: Tenant) -> None:
    member = sign_in_member(app, reseller)
    cookie = member.client.get_cookie("dashboard", domain="dashboard.localhost")
    assert cookie
    stranger = Browser(app, host=HOST)
    stranger.client.set_cookie("console", cookie.value, domain=HOST)

    assert stranger.get("/").status_code == 302


def test_a_members_password_opens_nothing_here(app: Any, reseller: Tenant) -> None:
    with tenancy.on_platform(), transaction():
        accounts.add_member(
            reseller_id=reseller.id,
            email=f"{reseller.slug}@house.example",
            name="Grace",
            role="owner",
            password="correct horse battery",
        )
    answer = Browser(app, host=HOST).post(
        "/sign-in",
        seen_on="/sign-in",
        data={"email": f"{reseller.slug}@house.example", "password": "correct horse battery"},
    )

    assert answer.status_code == 422


def test_the_list_and_the_page_of_a_reseller(
    admin: Browser, reseller: Tenant, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resellers, "PER_PAGE", 10_000)

    assert reseller.reference in admin.get("/").text
    page = admin.get(f"/resellers/{reseller.reference}")
    assert page.status_code == 200
    assert reseller.legal_name in page.text
    assert tenancy.home_host(reseller) in page.text


def test_the_list_comes_in_pages(
    admin: Browser, reseller: Tenant, neighbour: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resellers, "PER_PAGE", 1)
    before = tenancy.directory(limit=10_000)[-3:]

    page = admin.get(f"/?after={before[0].reference}").text

    assert before[1].reference in page
    assert f"after={before[1].reference}" in page
    assert f"/resellers/{before[2].reference}" not in page


@pytest.mark.parametrize("path", ["/resellers/%00", "/resellers/res_" + "0" * 26, "/?after=x"])
def test_a_reseller_that_is_none_is_missing(admin: Browser, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_an_event_that_was_given_up_can_be_tried_again(
    admin: Browser, reseller: Tenant, stuck: str, order: Order
) -> None:
    page = f"/resellers/{reseller.reference}"
    assert "confirm_order" in admin.get(page).text

    answer = admin.post(f"{page}/events/{stuck}/retry", seen_on=page)

    assert answer.status_code == 303
    assert "confirm_order" not in admin.get(page).text
    db.session.rollback()
    assert events.backlog() == events.Backlog(waiting=1, given_up=0)
    assert [each.type for each in events.due()] == ["order.held"]
    with tenancy.on_platform():
        row = db.session.scalars(
            sa.select(accounts.AuditRow).where(accounts.AuditRow.subject == stuck)
        ).one()
        assert (row.act, row.reseller) == ("event.retry_asked", reseller.reference)
        assert row.actor.startswith("admin adm_")


def test_trying_again_twice_is_told(admin: Browser, reseller: Tenant, stuck: str) -> None:
    page = f"/resellers/{reseller.reference}"
    admin.post(f"{page}/events/{stuck}/retry", seen_on=page)

    answer = admin.post(f"{page}/events/{stuck}/retry", seen_on=page, follow_redirects=True)

    assert "no longer waiting" in answer.text


def test_finance_looks_and_does_not_touch(app: Any, reseller: Tenant, stuck: str) -> None:
    finance = sign_in(app, "finance")
    page = f"/resellers/{reseller.reference}"

    assert "Try again" not in finance.get(page).text
    assert finance.post(f"{page}/events/{stuck}/retry", seen_on=page).status_code == 404
    db.session.rollback()
    assert events.backlog().given_up == 1


def test_operations_lists_what_is_stuck(admin: Browser, reseller: Tenant, stuck: str) -> None:
    from console import operations

    before = tenancy.directory(limit=10_000)
    place = next(i for i, each in enumerate(before) if each.id == reseller.id)
    after = f"?after={before[place - 1].reference}" if place else ""

    assert stuck in admin.get(f"/operations{after}").text
    assert operations.LOGS_AT_ONCE >= 1


def test_a_database_that_does_not_answer_hides_nobody_else(
    admin: Browser, reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> int:
        raise sa.exc.OperationalError("SELECT", {}, Exception("down"))

    monkeypatch.setattr("core.orders.count", down)

    page = admin.get(f"/resellers/{reseller.reference}")

    assert page.status_code == 200
    assert "does not answer" in page.text
