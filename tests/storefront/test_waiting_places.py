"""One's own place in the line: joined once, kept whatever happens, told honestly."""

import re
import time
from dataclasses import replace

import pytest

from core import settings, waitingroom
from core.database import transaction
from core.waitingroom import Holder, LineAway, Why
from storefront.waiting import cookies
from storefront.waiting.holding import TRAP
from tests import world
from tests.browsing import Browser
from tests.storefront.conftest import sign_in
from tests.storefront.waiting import join, number_of, page, seen
from tests.waitingroom import line

MOST_BYTES = 30_000


@pytest.fixture
def room(reseller):
    """Open, with a line that stands still."""
    made = line.opened()
    with transaction():
        waitingroom.pause(line.show_of(made), reason="a breath")
    return line.again(made)


@pytest.fixture
def moving(room, monkeypatch):
    """Seven people are in front, and two a minute are let in, as payments are slow."""
    line.join_all(room, range(7))
    look = waitingroom.now_serving

    def now_serving(room):
        return replace(look(room), per_minute=2.0, is_paused=False, why=Why.PAYMENTS)

    monkeypatch.setattr(waitingroom, "now_serving", now_serving)
    return line.again(room)


def test_joining_twice_is_the_same_place(browser, room):
    line.join_all(room, range(2))

    first = join(browser, room)
    numbers = [number_of(browser, room), number_of(browser, room)]
    join(browser, room)

    assert (first.status_code, first.headers["Location"]) == (303, page(room, "place"))
    assert [*numbers, number_of(browser, room)] == [3, 3, 3]
    assert number_of(browser, room) == 3


def test_another_browser_has_another_place(app, reseller, browser, room):
    other = Browser(app, reseller)
    for each in (browser, other):
        join(each, room)

    assert [number_of(browser, room), number_of(other, room)] == [1, 2]


def test_who_has_no_place_is_led_to_the_entrance(browser, room):
    answer = browser.get(page(room, "place"))

    assert answer.status_code == 302
    assert "We do not find your place" in browser.get(answer.headers["Location"]).text


def test_who_has_a_place_is_led_back_to_it(browser, room):
    join(browser, room)

    assert browser.get(page(room)).headers["Location"] == page(room, "place")


@pytest.mark.parametrize("is_secure", [False, True])
def test_the_cookies_of_a_place_are_the_servers_alone(browser, room, monkeypatch, is_secure):
    monkeypatch.setitem(vars(settings.load()), "is_secure", is_secure)

    kept = join(browser, room).headers.getlist("Set-Cookie")

    assert len(kept) == 2
    for cookie in kept:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert cookie.startswith("__Host-") is is_secure
        assert ("Secure" in cookie) is is_secure


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://next-door.localhost"},
        {"Origin": "null"},
    ],
    ids=["elsewhere", "the shop next door", "an older browser", "from a sandbox"],
)
def test_no_other_site_joins_the_line_for_its_visitors(browser, room, headers):
    answer = join(browser, room, headers=headers)

    assert answer.status_code == 403
    assert browser.get(page(room, "place")).status_code == 302
    here = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{browser.host}"}
    assert join(browser, room, headers=here).status_code == 303


def test_a_guest_that_signs_in_keeps_its_place(browser, room):
    world.add_customer()
    join(browser, room)
    line.join_all(room, range(3))

    sign_in(browser)
    join(browser, room)

    assert number_of(browser, room) == 1


def test_of_two_places_the_earlier_counts(app, reseller, browser, room):
    world.add_customer()
    elsewhere = sign_in(Browser(app, reseller))
    join(elsewhere, room)
    join(browser, room)
    assert number_of(browser, room) == 2

    sign_in(browser)

    assert number_of(browser, room) == 1


def test_an_account_has_its_place_on_every_device(app, reseller, ada, room):
    join(ada, room)
    phone = sign_in(Browser(app, reseller))

    join(phone, room)

    assert number_of(phone, room) == number_of(ada, room) == 1


def test_a_place_comes_back_when_redis_has_lost_it(browser, room):
    line.join_all(room, range(4))
    join(browser, room)
    line.lose(room)
    line.tend(room)

    assert number_of(browser, room) == 5


def test_who_fills_in_what_nobody_sees_is_turned_away(browser, room):
    answer = join(browser, room, data={TRAP: "buy cheap watches"})

    assert answer.status_code == 429
    assert "Try again" in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def test_while_the_line_cannot_be_seen_the_page_tries_again_by_itself(browser, room, monkeypatch):
    join(browser, room)

    def away(*_, **__):
        raise LineAway("The line is standing still for a moment. Your place is safe.")

    monkeypatch.setattr(waitingroom, "look", away)
    monkeypatch.setattr(waitingroom, "join", away)
    for answer in (browser.get(page(room, "place")), join(browser, room)):
        assert answer.status_code == 503
        assert "Your place is safe" in answer.text
        assert 'data-again="5"' in answer.text
    assert 'http-equiv="refresh"' in browser.get(page(room, "place")).text


def test_somebody_who_gathers_is_told_when_the_draw_is(browser, reseller):
    room = line.gathering()
    join(browser, room)

    shown = browser.get(page(line.again(room), "place")).text

    assert "You will be drawn at" in shown
    assert "Being early gives no advantage" in shown
    assert 'data-say="gathered">1<' in shown
    assert re.search(f'http-equiv="refresh" content="\\d+;url={page(room, "place")}"', shown)


def test_a_line_that_was_paused_says_so(browser, room):
    join(browser, room)

    shown = browser.get(page(line.again(room), "place")).text

    assert "The line has been paused" in shown
    assert "Cannot be told just now" in shown


def test_without_scripts_the_page_looks_for_news_and_remembers_what_it_said(browser, moving):
    join(browser, moving)
    shown = browser.get(page(moving, "place")).text
    assert "About 3 to 5 minutes" in shown

    refresh = re.search(r'http-equiv="refresh" content="(\d+);url=([^"]+)"', shown)
    shown = seen(browser, refresh.group(2))

    assert int(refresh.group(1)) <= 5
    assert "until=" in refresh.group(2)
    assert "About 3 to 5 minutes" in shown
    assert "takes longer" not in shown


def test_an_estimate_rises_only_with_the_reason(browser, moving):
    join(browser, moving)
    in_a_minute = int(time.time()) + 60

    shown = seen(browser, page(moving, f"place?until={in_a_minute}"))

    assert "This takes longer than we said before. Payments are taken more slowly" in shown
    assert "About 3 to 5 minutes" in shown


@pytest.mark.parametrize("told", ["until=x", "until=9999999999999", "until=-1", "reason=%00"])
def test_what_an_address_cannot_have_been_told_is_not_believed(browser, moving, told):
    join(browser, moving)

    shown = seen(browser, page(moving, f"place?{told}"))

    assert "About 3 to 5 minutes" in shown
    assert "takes longer" not in shown


def test_everything_the_place_page_loads_is_small_and_from_here(browser, room):
    join(browser, room)
    shown = browser.get(page(room, "place"))
    loaded = re.findall(r'(?:href|src)="([^"]+\.(?:css|js|svg|woff2)[^"]*)"', shown.text)

    sizes = {path: len(browser.get(path).data) for path in loaded}

    assert all(path.startswith("/") for path in loaded), loaded
    assert {path.partition("?")[0].rpartition(".")[2] for path in loaded} == {"css", "js", "svg"}
    assert "url(" not in "".join(browser.get(path).text for path in loaded if ".css" in path)
    total = len(shown.data) + sum(sizes.values())
    assert total < MOST_BYTES, (len(shown.data), sizes)


def test_a_browser_carries_the_places_of_the_newest_shows(browser, reseller, monkeypatch):
    monkeypatch.setattr(cookies, "MOST_SHOWS", 2)
    rooms = [line.opened() for _ in range(3)]

    for each in rooms:
        join(browser, each)

    carried = {cookie.key for cookie in browser.client._cookies.values()}
    assert {f"place-{each.show}" for each in rooms} & carried == {
        f"place-{each.show}" for each in rooms[1:]
    }


def test_a_place_that_was_copied_is_worth_nothing(app, reseller, room):
    mine = Browser(app, reseller)
    join(mine, room)
    stolen = next(
        cookie for cookie in mine.client._cookies.values() if cookie.key.startswith("place-")
    )
    thief = Browser(app, reseller)
    thief.client.set_cookie(stolen.key, stolen.value, domain=thief.host)

    assert thief.get(page(room, "place")).status_code == 302
    assert waitingroom.look(room, Holder.browser("thief"), token=stolen.value) is None
