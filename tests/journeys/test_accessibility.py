"""axe finds nothing, in light and in dark, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import panels, shopping
from tests.journeys.conftest import GOOD_CARD

pytestmark = pytest.mark.journey

LOOKS = [("light", 1280), ("dark", 360)]


@pytest.mark.parametrize("look_of", LOOKS, ids=["light-1280", "dark-360"])
@pytest.mark.parametrize("slug", ["lindenhof", "basement", "harbour"])
def test_every_page_on_the_way_to_a_ticket(chromium: Browser, stack, axe, slug, look_of):
    scheme, width = look_of
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    found = {}

    def look(name: str) -> None:
        found[name] = problems(page, axe)

    page.goto(stack.url(slug))
    look("home")
    for state, row in states(stack, slug).items():
        page.goto(stack.url(slug, f"/shows/{row}"))
        look(f"show {state}")
    page.goto(stack.url(slug, "/sign-in"))
    look("sign in")
    page.goto(stack.url(slug, "/no-such-page"))
    look("not found")
    shopping.choose(page, stack, slug, shopping.bookable(stack, slug), 1)
    look("details")
    page.get_by_role("button", name="Continue to payment").click()
    look("details refused")
    shopping.give_details(page, email=f"axe-{slug}-{scheme}@example.org")
    look("payment")
    shopping.pay(page, GOOD_CARD)
    page.wait_for_url("**/orders/ord_*payment_intent*")
    look("order processing")
    expect(page.get_by_role("link", name="Tickets (PDF)")).to_be_visible(timeout=30_000)
    look("order paid")
    context.close()

    assert {name: errors for name, errors in found.items() if errors} == {}


def states(stack, slug: str) -> dict[str, str]:
    """One show of each phase."""
    rows = stack.query(
        slug,
        "SELECT CASE WHEN state = 'cancelled' THEN 'cancelled' WHEN starts_at < now() THEN 'past' "
        "WHEN on_sale_at > now() THEN 'upcoming' "
        "WHEN (SELECT sum(capacity - sold) FROM ticket_types t WHERE t.show_id = shows.id) = 0 "
        "THEN 'sold out' ELSE 'on sale' END, min(slug) "
        "FROM shows WHERE state <> 'draft' GROUP BY 1",
    )
    return {str(state): str(show) for state, show in rows}


@pytest.mark.parametrize("look_of", LOOKS, ids=["light-1280", "dark-360"])
@pytest.mark.parametrize("door", ["dashboard", "admin", "mail"])
def test_every_page_of_the_panels(chromium: Browser, stack, axe, door, look_of):
    scheme, width = look_of
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    home = f"http://{door}.localhost:{stack.port}/"
    page.goto(home)
    found = {"entry": problems(page, axe)}
    if door != "mail":
        owner = stack.reseller("lindenhof")["members"][0]
        account = owner if door == "dashboard" else stack.demo["admin"]
        panels.sign_in(page, account)
    for path in paths_from(page, home):
        page.goto(home.rstrip("/") + path)
        found[path] = problems(page, axe)
    context.close()

    assert len(found) >= 2
    assert {name: errors for name, errors in found.items() if errors} == {}


MOST_PAGES = 10


def paths_from(page, home: str) -> list[str]:
    """Paths of the pages the first one leads to, one of a kind, and its own."""
    links = page.eval_on_selector_all("main a[href], nav a[href]", "all => all.map(a => a.href)")
    ours = [link.removeprefix(home.rstrip("/")) for link in links if link.startswith(home)]
    kinds = {
        re.sub(r"[a-z]{3}_[0-9a-z]{26}|\d+", "*", path.partition("?")[0]): path for path in ours
    }
    return [*kinds.values()][:MOST_PAGES]


def problems(page, axe) -> list[str]:
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return axe(page) + ([f"{overflow}px too wide"] if overflow > 0 else [])
