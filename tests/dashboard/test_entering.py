"""Who may enter the dashboard, and which of its rooms."""

from typing import Any

import pytest

import dashboard
from core import accounts, tenancy
from core.database import transaction
from core.tenancy import Tenant
from dashboard import permissions
from tests import world
from tests.browsing import Browser
from tests.dashboard.conftest import HOST, from_anywhere, sign_in

PAGES = ["/", "/newest-orders", "/shows", "/orders"]


def test_every_endpoint_is_in_the_table(app: Any) -> None:
    endpoints = {rule.endpoint for rule in dashboard.create_door().url_map.iter_rules()}

    assert endpoints == (set(permissions.ROLES) - {"money"}) | permissions.OPEN


def test_every_role_of_the_table_exists() -> None:
    from core.accounts.registering import ROLES

    assert set().union(*permissions.ROLES.values()) == ROLES


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_the_sign_in(app: Any, reseller: Tenant, path: str) -> None:
    answer = Browser(app, host=HOST).get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_a_page_left_open_goes_to_the_sign_in_as_a_whole(app: Any, reseller: Tenant) -> None:
    answer = Browser(app, host=HOST).get("/newest-orders", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("path", PAGES)
def test_members_of_every_role_see_the_pages(app: Any, reseller: Tenant, path: str) -> None:
    for role in sorted(permissions.EVERYBODY):
        answer = sign_in(app, reseller, role).get(path)
        assert answer.status_code == 200, (role, answer.text)


def test_after_signing_in_people_are_where_they_wanted_to_be(app: Any, reseller: Tenant) -> None:
    with tenancy.on_platform(), transaction():
        accounts.add_member(
            reseller_id=reseller.id,
            email=f"{reseller.slug}@house.example",
            name="Grace",
            role="owner",
            password=world.PASSWORD,
        )
    browser = Browser(app, host=HOST)

    wrong = browser.post(
        "/sign-in",
        seen_on="/sign-in",
        data={"email": f"{reseller.slug}@house.example", "password": "not this one"},
    )
    assert wrong.status_code == 422
    assert "do not belong together" in wrong.text

    right = browser.post(
        "/sign-in",
        seen_on="/sign-in?next=/orders",
        data={
            "email": f"{reseller.slug.upper()}@house.example",
            "password": world.PASSWORD,
            "next": "/orders",
        },
    )
    assert (right.status_code, right.headers["Location"]) == (303, "/orders")


def test_guessing_passwords_is_slow(app: Any, reseller: Tenant) -> None:
    browser, address = Browser(app, host=HOST), from_anywhere()
    guess = {"email": "grace@house.example", "password": "a wrong guess"}

    answers = [
        browser.post("/sign-in", seen_on="/sign-in", data=guess, environ_overrides=address)
        for _ in range(11)
    ]

    assert [each.status_code for each in answers[:10]] == [422] * 10
    assert answers[10].status_code == 429


def test_nobody_is_sent_to_another_house_after_signing_in(app: Any, reseller: Tenant) -> None:
    page = Browser(app, host=HOST).get("/sign-in?next=//evil.example/")

    assert "evil.example" not in page.text


def test_signing_out_ends_it_on_the_server_too(app: Any, owner: Browser) -> None:
    cookie = owner.client.get_cookie("dashboard", domain=HOST)
    assert cookie
    assert owner.post("/sign-out", seen_on="/").status_code == 303

    owner.client.set_cookie("dashboard", cookie.value, domain=HOST)
    assert owner.get("/").status_code == 302


def test_a_form_without_its_token_is_refused(owner: Browser) -> None:
    assert owner.post("/sign-out").status_code == 400
    assert owner.get("/").status_code == 200


def test_the_box_office_sees_no_money(app: Any, reseller: Tenant) -> None:
    assert "Owed to you" in sign_in(app, reseller, "accountant").get("/").text
    assert "Owed to you" not in sign_in(app, reseller, "box_office").get("/").text


def test_a_role_that_is_not_in_the_table_may_nothing(reseller: Tenant) -> None:
    assert not permissions.allows("nobody", "overview.show")
    assert not permissions.allows("owner", "not.in.the.table")
