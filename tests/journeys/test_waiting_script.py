"""The waiting room's script in a real browser whose clock the test turns: no server behind it."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from storefront.waiting import wording
from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.journey

SITE = "http://line.localhost"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
OPENS = NOON + timedelta(minutes=10)
POLL_SECONDS = 5
SURELY_SECONDS = 2 * POLL_SECONDS
"""By then a page has asked for its document, however its haste was drawn."""
PAGE = """<!doctype html><title>Line</title><p id="announcer"></p>
<main id="room" data-page="/place" {facts}>{inside}</main><script src="/waiting.js"></script>"""
CLOCK = f'<p class="clock" data-until="{OPENS.isoformat()}"></p>'
ASKING = '<form method="post" action="/passes" data-asks></form>'


def document(seconds: float = 0, **facts: Any) -> str:
    """The line as it was so many seconds after noon."""
    return json.dumps({
        "at": (NOON + timedelta(seconds=seconds)).isoformat(), "phase": "gathering", "epoch": "1",
        "gathers_at": NOON.isoformat(), "opens_at": OPENS.isoformat(), "gathered": 1, "gaps": [],
        "serving": 0, "last": 0, "waiting": 0, "per_minute": 0, "why": None, "ticket_types": [],
        "is_paused": False, "is_interrupted": False, "is_drawn": False, "has_sold_out": False,
        "is_all_held": False, "polls": [[None, POLL_SECONDS]], **facts,
    })  # fmt: skip


WORDS = json.dumps(wording.words()).replace("'", "&#39;")


def gathering(doc: str, inside: str = CLOCK, more: str = "") -> str:
    facts = f"data-state='gathering' data-place='plc_1' data-serving='/document' data-doc='{doc}'"
    return PAGE.format(facts=f"{facts} data-words='{WORDS}' {more}", inside=inside)


Turn = Callable[[float], None]


@pytest.fixture
def answers(page: Page) -> Iterator[dict[str, str]]:
    """What the site answers, by path."""
    found = {"/waiting.js": (ROOT / "storefront/static/waiting.js").read_text()}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        kind = "text/javascript" if path.endswith(".js") else "text/html"
        route.fulfill(body=found.get(path, ""), content_type=kind)

    page.route("**/*", answer)
    yield found
    page.unroute_all(behavior="wait")


def stop_clock(page: Page, at: datetime) -> None:
    page.clock.install(time=at - timedelta(seconds=1))
    page.clock.pause_at(at)


@pytest.mark.parametrize("ahead_seconds", [0, 300, -300])
def test_a_clock_never_goes_back_on_an_old_document(
    page: Page, answers: dict[str, str], ahead_seconds: int
) -> None:
    """However wrong the browser's own clock is; a document can only be late."""
    answers["/place"], answers["/document"] = gathering(document()), document()
    stop_clock(page, NOON + timedelta(seconds=ahead_seconds))
    page.goto(f"{SITE}/place")
    clock = page.locator(".clock")
    expect(clock).to_have_text("10:00")

    with page.expect_response("**/document"):
        page.clock.run_for(60_000)
    page.clock.run_for(1_000)
    expect(clock).to_have_text("8:59")

    answers["/document"] = document(300)
    with page.expect_response("**/document"):
        page.clock.run_for(SURELY_SECONDS * 1000)
    page.clock.run_for(1_000)
    expect(clock).to_have_text(re.compile("4:[45].|5:00"))


def test_a_line_that_cannot_be_seen_does_not_turn_the_clock(
    page: Page, answers: dict[str, str]
) -> None:
    answers["/place"] = gathering(document(-300, is_interrupted=True, why="interrupted"))
    answers["/document"] = document(-300, is_interrupted=True, why="interrupted")
    stop_clock(page, NOON)

    page.goto(f"{SITE}/place")

    expect(page.locator(".clock")).to_have_text("10:00")


@pytest.mark.parametrize(("tries", "soonest", "latest"), [(0, 5, 10), (1000, 12, 20)])
def test_who_is_late_and_stays_is_asked_for_without_end(
    page: Page, answers: dict[str, str], tries: int, soonest: int, latest: int
) -> None:
    """And never so seldom that a seat that is free goes to others: 30 seconds."""
    answers["/place"] = answers["/passes"] = PAGE.format(facts="data-state='called'", inside=ASKING)
    page.goto(SITE)
    page.evaluate("tries => sessionStorage.setItem('tries', tries)", tries)
    stop_clock(page, NOON)
    page.goto(f"{SITE}/place")

    for _ in range(2):
        page.clock.run_for(soonest * 1000)
        with page.expect_request("**/passes"):
            page.clock.run_for((latest - soonest) * 1000)
        page.wait_for_url("**/passes", wait_until="load")


def test_a_draw_that_is_over_is_not_counted_down_to(page: Page, answers: dict[str, str]) -> None:
    """Once the number is known it stands in the heading, and nothing says any more that it will be
    drawn."""
    inside = (
        '<h1 data-say="title">You are in the draw</h1>'
        f'<p class="clock" data-when="before" data-until="{OPENS.isoformat()}"></p>'
        '<p id="will" data-when="before">You will be drawn</p>'
        '<p id="due" data-when="due" hidden><span data-say="drawn">It is being held</span></p>'
    )
    drawn = {"phase": "open", "is_drawn": True, "gathered": 100_000, "last": 100_000}
    answers["/place"] = gathering(document(), inside, "data-numbers='/numbers'")
    answers["/document"], answers["/numbers"] = document(), '{"plc_1": 80000}'
    stop_clock(page, NOON)
    page.goto(f"{SITE}/place")
    expect(page.locator("#will")).to_be_visible()

    page.clock.run_for(605_000)
    expect(page.locator(".clock")).to_be_hidden()
    answers["/document"] = document(605, **drawn)
    with page.expect_response("**/numbers"):
        for _ in range(5):
            with page.expect_response(re.compile("document|numbers")):
                page.clock.run_for(SURELY_SECONDS * 1000)

    expect(page.get_by_role("heading")).to_have_text("You were drawn: your number is 80,000.")
    expect(page.locator("#due")).to_have_text(wording.SOON)
    expect(page.locator("#will")).to_be_hidden()


def test_the_deadline_to_come_in_is_the_servers(page: Page, answers: dict[str, str]) -> None:
    """And so the same after a reload, and in every browser."""
    until = f'<b data-until="{(NOON + timedelta(seconds=97)).isoformat()}"></b>'
    facts = f"data-state='called' data-claim='yes' data-doc='{document()}' data-words='{WORDS}'"
    answers["/place"] = PAGE.format(facts=facts, inside=until)
    stop_clock(page, NOON)

    for _ in range(2):
        page.goto(f"{SITE}/place")
        expect(page.locator("b")).to_have_text("1:37")


def test_when_the_room_closes_who_waits_is_led_to_the_tickets(
    page: Page, answers: dict[str, str]
) -> None:
    answers["/place"], answers["/document"] = gathering(document()), document(5, phase="closed")
    stop_clock(page, NOON)
    page.goto(f"{SITE}/place")
    answers["/place"] = PAGE.format(facts="data-state='drawn' data-leave='/tickets'", inside="")

    with page.expect_request("**/tickets"):
        for _ in range(10):
            page.clock.run_for(5_000)
