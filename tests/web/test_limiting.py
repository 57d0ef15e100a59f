"""How often one may try: counted by address and by account, whatever the Host header says."""

from typing import Any

import pytest

from core import settings
from tests import world
from tests.browsing import TOKEN, Browser
from tests.storefront.conftest import from_anywhere

TRIES = 10


def try_password(browser: Browser, email: str = "ada@example.org", **options: Any) -> int:
    found = TOKEN.search(browser.get("/sign-in").text)
    assert found
    fields = {"email": email, "password": "wrong wrong wrong", "csrf_token": found.group(1)}
    return browser.post("/sign-in", data=fields, **options).status_code


def test_another_port_in_the_host_is_no_new_beginning(browser):
    host, address = browser.host, from_anywhere()
    answers = []
    for port in range(TRIES + 1):
        browser.host = f"{host}:{8000 + port}"
        answers.append(
            try_password(browser, f"nobody-{port}@example.org", environ_overrides=address)
        )

    assert answers == [422] * TRIES + [429]


def test_a_host_of_ones_own_is_no_new_beginning(app, house):
    host = "limits.hall.example"
    tenant = world.open_reseller(hosts=(host,))
    address = from_anywhere()
    doors = [Browser(app, tenant), Browser(app, host=host)]

    answers = [
        try_password(doors[n % 2], f"nobody-{n}@example.org", environ_overrides=address)
        for n in range(TRIES + 1)
    ]

    assert answers[-1] == 429


def test_an_account_is_not_tried_from_many_addresses(browser):
    spellings = ("ada@example.org", " ADA@example.org ")
    answers = [
        try_password(browser, spellings[n % 2], environ_overrides=from_anywhere())
        for n in range(TRIES + 1)
    ]

    assert answers == [422] * TRIES + [429]
    other = try_password(browser, "grace@example.org", environ_overrides=from_anywhere())
    assert other == 422


def test_the_same_address_next_door_is_another_account(app, browser, neighbour):
    for _ in range(TRIES + 1):
        try_password(browser, environ_overrides=from_anywhere())

    next_door = Browser(app, neighbour)

    assert try_password(next_door, environ_overrides=from_anywhere()) == 422


@pytest.fixture
def behind_proxies(house: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The application behind so many proxies of our own."""
    from wsgi import create_app

    def build(count: int) -> Any:
        monkeypatch.setenv("TRUSTED_PROXIES", str(count))
        settings.load.cache_clear()
        return create_app()

    yield build
    monkeypatch.delenv("TRUSTED_PROXIES")
    settings.load.cache_clear()


def test_a_proxy_of_ours_tells_the_address(behind_proxies, reseller):
    browser = Browser(behind_proxies(1), reseller)
    answers = [
        try_password(
            browser,
            f"nobody-{n}@example.org",
            headers={"X-Forwarded-For": f"10.0.0.{n}, 2001:db8:1::{n}"},
        )
        for n in range(TRIES + 1)
    ]

    assert set(answers) == {422}


def test_who_makes_up_addresses_behind_our_proxy_is_still_counted(behind_proxies, reseller):
    browser = Browser(behind_proxies(1), reseller)
    answers = [
        try_password(
            browser,
            f"nobody-{n}@example.org",
            headers={"X-Forwarded-For": f"10.0.0.{n}, 2001:db8:2::1"},
        )
        for n in range(TRIES + 1)
    ]

    assert answers[-1] == 429


def test_without_a_proxy_nobody_tells_an_address_of_their_own(browser):
    address = from_anywhere()
    answers = [
        try_password(
            browser,
            f"nobody-{n}@example.org",
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
            environ_overrides=address,
        )
        for n in range(TRIES + 1)
    ]

    assert answers[-1] == 429


def test_a_proxy_never_tells_the_host(behind_proxies, reseller, neighbour):
    browser = Browser(behind_proxies(1), reseller)

    page = browser.get("/", headers={"X-Forwarded-Host": f"{neighbour.slug}.localhost"})

    assert reseller.name in page.text
    assert neighbour.name not in page.text
