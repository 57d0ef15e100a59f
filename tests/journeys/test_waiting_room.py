"""The waiting room in a real browser: wait, come in, buy; and what happens who is too late."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from storefront.waiting import wording
from tests.journeys import shopping
from tests.journeys.conftest import GOOD_CARD, ROOT, Stack, until

pytestmark = pytest.mark.journey

SLUG = "harbour"
MOVING_MS = 60_000
"""How long a page may take to tell what has changed in the line."""


def run(stack: Stack, act: str, show: str, *facts: Any) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.lines", act, SLUG, show, *map(str, facts)],
        cwd=ROOT, env=stack.told, text=True, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[-2] if done.stdout else ""


@pytest.fixture
def show(stack: Stack) -> Iterator[str]:
    """A show with one seat at the checkout; nobody needs to wait for it afterwards."""
    slug = shopping.bookable(stack, SLUG)
    run(stack, "mark", slug, 1)
    until(lambda: stack.get(f"{SLUG}.localhost", f"/shows/{slug}/waiting-room")[0] == 200)
    yield slug
    run(stack, "close", slug)


@pytest.fixture
def announced(stack: Stack) -> Iterator[str]:
    """A show whose sale begins in some seconds; people gather."""
    slug = shopping.bookable(stack, SLUG, nth=-1)
    run(stack, "announce", slug, 12)
    until(lambda: stack.get(f"{SLUG}.localhost", f"/shows/{slug}/waiting-room")[0] == 200)
    yield slug
    run(stack, "close", slug)


@pytest.fixture
def other(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody else, on a phone in the dark."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 800}, color_scheme="dark", locale="en-GB"
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def join(page: Page, stack: Stack, show: str) -> None:
    page.goto(stack.url(SLUG, f"/shows/{show}"))
    expect(page).to_have_url(re.compile("/waiting-room$"))
    page.get_by_role("button", name="Join the waiting room").click()
    page.wait_for_url("**/place")


def come_in(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("It is your turn", timeout=MOVING_MS)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url(re.compile("/shows/[a-z0-9-]+$"))
    expect(page.locator(".pass")).to_contain_text("Your turn: choose your tickets until")


def buy(page: Page, *, email: str) -> None:
    page.locator('input[name^="quantity-"]:not([data-price="0"])').first.fill("1")
    page.get_by_role("button", name="Get tickets").click()
    page.wait_for_url(re.compile(r"/orders/ord_"))
    shopping.give_details(page, email=email)
    shopping.pay(page, GOOD_CARD)
    expect(page.get_by_role("link", name="Tickets (PDF)")).to_be_visible(timeout=MOVING_MS)


def number(page: Page) -> str:
    return page.locator("#room").get_attribute("data-number") or ""


def test_two_wait_one_buys_and_the_other_is_next(
    page: Page, other: BrowserContext, stack: Stack, show: str, axe: Callable[[Page], list[str]]
) -> None:
    found = {}
    page.goto(stack.url(SLUG, f"/shows/{show}"))
    found["the entrance"] = axe(page)
    join(page, stack, show)
    expect(page.get_by_role("heading", level=1)).to_have_text("It is your turn", timeout=MOVING_MS)
    found["being called"] = axe(page)
    come_in(page)
    found["choosing"] = axe(page)
    second = other.new_page()
    second.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    join(second, stack, show)
    waiting = second.get_by_role("heading", name="You are in line")
    expect(waiting).to_be_visible()
    found["waiting"] = axe(second)
    mine = number(second)
    second.reload()
    assert number(second) == mine
    tab = other.new_page()
    tab.goto(stack.url(SLUG, f"/shows/{show}"))
    assert (number(tab), tab.url) == (mine, stack.url(SLUG, f"/shows/{show}/place"))
    tab.close()
    second.get_by_role("link", name="All shows").focus()

    buy(page, email="waited-first@example.org")

    come_in_title = re.compile("^It is your turn")
    expect(second).to_have_title(come_in_title, timeout=MOVING_MS)
    expect(second.locator("#announcer")).to_have_text("It is your turn.")
    expect(second.get_by_role("link", name="All shows")).to_be_focused()
    come_in(second)
    buy(second, email="waited-second@example.org")
    page.goto(stack.url(SLUG, f"/shows/{show}"))
    expect(page.get_by_role("heading", level=1)).to_have_text("You have ordered")
    found["having ordered"] = axe(page)
    assert {name: errors for name, errors in found.items() if errors} == {}


def test_the_script_says_what_the_page_says(chromium: Browser) -> None:
    """Estimates are worded in Python and again in the browser: for every wait the same."""
    script = (ROOT / "storefront/static/waiting.js").read_text()
    exposed = script.replace(
        "  enter()\n  tick()\n",
        "  window.said = (given, waits) => (words = given, waits.map(estimate)); return\n",
    )
    waits = [None, *range(0, 15_000, 7)]
    page = chromium.new_page()
    page.evaluate(exposed)

    said = page.evaluate("([words, waits]) => said(words, waits)", [wording.words(), waits])
    page.close()

    assert said == [wording.estimate(each) for each in waits]


def test_a_pass_that_runs_out_leads_back_to_the_line(
    page: Page, stack: Stack, show: str, axe: Callable[[Page], list[str]]
) -> None:
    join(page, stack, show)
    come_in(page)
    cookie = next(each for each in page.context.cookies() if each["name"].startswith("pass-"))
    cookie["value"] = run(stack, "hasten", show, cookie["value"], 3)
    page.context.add_cookies([cookie])
    page.reload()

    over = page.get_by_role("heading", name="Your time to choose is over")
    expect(over).to_be_visible()
    page.get_by_role("link", name="Back to the line").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Your time ended at")
    expect(page.get_by_text("nothing was charged")).to_be_visible()
    assert axe(page) == []
    before = page.locator("#room").get_attribute("data-place")
    page.get_by_role("button", name="Join again at the end").click()
    page.wait_for_url("**/place")
    assert page.locator("#room").get_attribute("data-place") != before
    come_in(page)


def test_who_gathers_is_drawn_and_learns_its_number(
    page: Page, stack: Stack, announced: str
) -> None:
    join(page, stack, announced)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are in the draw")
    place = page.locator("#room").get_attribute("data-place")

    asked = []
    page.on("request", lambda request: asked.append(request.url))
    come_in(page)

    assert any(f"/draw/numbers/{(place or '')[-2:]}.json" in url for url in asked)
