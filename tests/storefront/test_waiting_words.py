"""What the waiting room's pages say to whom: the call, the deadline, the show itself."""

import re
from datetime import datetime, timedelta

import pytest

from core import clock, waitingroom
from core.database import db, transaction
from core.redis import client
from storefront.waiting import finding
from tests import world
from tests.browsing import Browser
from tests.storefront.conftest import sign_in
from tests.storefront.waiting import call_all, join, page
from tests.waitingroom import line

MOST_BYTES = 30_000


@pytest.fixture
def room(reseller):
    return line.opened(capacity=50)


def place_page(browser, room):
    return browser.get(page(room, "place")).text


def test_who_is_called_is_told_until_when_to_come_in(browser, room):
    join(browser, room)
    before = clock.now()
    call_all(room)

    shown = place_page(browser, room)

    until = datetime.fromisoformat(re.search(r'data-until="([^"]+)"', shown).group(1))
    assert abs(until - before - timedelta(seconds=waitingroom.CLAIM_SECONDS)).total_seconds() < 2
    said = line.show_of(room).local(until)
    assert f">{said:%H:%M}</time>" in shown
    assert f'http-equiv="refresh" content="15;url={page(room, "place")}"' in shown


def test_who_comes_late_is_told_the_truth(browser, room):
    join(browser, room)
    call_all(room)
    now_ms = int(clock.now().timestamp() * 1000)
    long_ago = now_ms - (waitingroom.CLAIM_SECONDS + 10) * 1000
    client(room.cell).zadd(room.key("calls"), {"1": long_ago})
    line.call_at(room, now_ms)

    shown = place_page(browser, line.again(room))

    assert "You can still come in" in shown
    assert "your seat at the checkout was given back" in shown
    assert "next in line" not in shown
    assert "data-until" not in shown


def test_a_guest_and_an_account_are_told_where_their_place_is_kept(app, reseller, ada):
    room = line.gathering()
    guest = Browser(app, reseller)
    for each in (guest, ada):
        join(each, room)

    assert "Your place is kept in this browser" in place_page(guest, room)
    assert "Your place is kept with your account" in place_page(ada, room)
    join(guest, room)
    world.add_customer(email="ben@example.org")
    assert "kept in this browser" in place_page(sign_in(guest, "ben@example.org"), room)


def test_without_scripts_the_moment_of_the_sale_is_a_sentence(browser, reseller):
    room = line.gathering()
    join(browser, room)

    shown = place_page(browser, room)

    said = line.show_of(room).local(room.on_sale_at)
    assert re.search(
        rf'class="without-script">The sale begins on [^<]* {said:%Y} at {said:%H:%M}\.', shown
    )
    assert re.search(r'class="clock needs-script"[^>]*></p>', shown)


def described(make, description):
    room = make(description=description)
    with transaction():
        show = line.show_of(room)
        world.add_type(show, name="Box", description="Six <b>chairs</b>. " + "Very good. " * 90)
        db.session.flush()
    finding._facts.forget()
    return line.again(room)


def test_the_show_can_be_read_about_before_one_is_let_in(browser, reseller):
    room = described(line.gathering, "<p>A night of <em>strings</em>.</p>")
    join(browser, room)

    for name in ("waiting-room", "place"):
        shown = browser.get(page(room, name)).text
        assert "About this show" in shown
        assert "<p>A night of <em>strings</em>.</p>" in shown
        assert "<strong>Box</strong>: Six &lt;b&gt;chairs&lt;/b&gt;. Very good." in shown
        assert "<strong>Standard</strong>: at most 8 in one order." in shown
        assert "2 minutes to come in, then 8 to choose and order" in shown


def test_a_long_description_makes_no_big_page(browser, reseller):
    room = described(line.gathering, "<p>Strings &amp; voices, all night.</p>" * 900)
    join(browser, room)

    for name in ("waiting-room", "place"):
        shown = browser.get(page(room, name))
        assert "<p>Strings &amp; voices, all night. Strings" in shown.text
        loaded = re.findall(r'(?:href|src)="([^"]+\.(?:css|js|svg)[^"]*)"', shown.text)
        total = len(shown.data) + sum(len(browser.get(path).data) for path in loaded)
        assert total < MOST_BYTES, total
