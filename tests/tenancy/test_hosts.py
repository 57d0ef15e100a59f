"""A host leads to exactly one door, or nowhere."""

import pytest

from core import tenancy
from core.tenancy import Door
from tests import world
from tests.browsing import Browser


def test_the_slug_leads_to_the_reseller(reseller):
    entrance = tenancy.find_host(f"{reseller.slug}.localhost:8000")

    assert entrance.door is Door.STOREFRONT
    assert entrance.tenant.reference == reseller.reference


def test_a_custom_host_leads_to_the_reseller(house):
    tenant = world.open_reseller(hosts=("tickets.hall.example",))

    assert tenancy.find_host("Tickets.Hall.Example.:443").tenant.reference == tenant.reference


@pytest.mark.parametrize(
    ("host", "door"),
    [
        ("dashboard.localhost", Door.DASHBOARD),
        ("admin.localhost:8000", Door.CONSOLE),
        ("api.localhost", Door.API),
        ("localhost", Door.FRONT),
    ],
)
def test_reserved_hosts_have_their_doors(house, host, door):
    assert tenancy.find_host(host).door is door


@pytest.mark.parametrize(
    "host",
    [
        "",
        "nobody.localhost",
        "a.b.localhost",
        "localhost.evil.example",
        "127.0.0.1",
        "[::1]:8000",
        "x" * 300,
        "dashboard.localhost.localhost",
        "'; DROP TABLE hosts; --",
        "localhost:80@evil.example",
        "localhost:abc",
        "localhost:80/x",
        "localhost:",
        "localhost:800000",
        "localhost:80:80",
        "localhost:٨٠",
        "localhost:80\n",
        "localhost\n",
        "localhost..",
        "local host",
        "user@localhost",
        " localhost",
        "localhost,localhost",
        "dashboard.localhost#",
        "[localhost]",
    ],
)
def test_an_unknown_host_is_not_found(house, host):
    assert tenancy.find_host(host) is None


@pytest.mark.parametrize("behind", [":80@evil.example", ":abc", ":80/x", ":80?", ":8 0"])
def test_a_host_with_more_behind_it_is_not_ours(app, reseller, behind):
    browser = Browser(app, reseller)

    answer = browser.get("/", headers={"Host": f"{reseller.slug}.localhost{behind}"})

    assert answer.status_code == 404
    assert "Nobody sells tickets" in answer.text


def test_an_unknown_host_gets_a_page_that_says_so(app):
    answer = Browser(app, host="nobody.localhost").get("/")

    assert answer.status_code == 404
    assert "Nobody sells tickets" in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_at_any_host(app, path):
    assert Browser(app, host="127.0.0.1").get(path).status_code == 200


@pytest.mark.parametrize("slug", ["a", "api", "dashboard", "-x-", "x--y", "Über", "a b", "x" * 50])
def test_a_slug_that_cannot_be_a_host_is_refused(house, slug):
    from core.errors import Invalid

    with pytest.raises(Invalid):
        world.open_reseller(slug=slug)


def test_a_slug_is_given_once(reseller):
    from core.errors import Conflict

    with pytest.raises(Conflict):
        world.open_reseller(slug=reseller.slug)
