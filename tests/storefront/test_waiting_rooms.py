"""What is the same for everybody: the entrance, the document of the line, the draw."""

import re
from pathlib import Path

import pytest

from core import waitingroom
from core.database import transaction
from core.tenancy import ResellerState
from tests.browsing import Browser
from tests.storefront.conftest import mark
from tests.storefront.waiting import join, page
from tests.waitingroom import line

SCRIPT = Path(__file__).parents[2] / "docs" / "verify-draw.py"
MOMENT = re.compile(r'"at": ?"[^"]+"')


@pytest.mark.parametrize("make", [line.opened, line.gathering], ids=["open", "gathering"])
def test_the_entrance_is_the_same_for_everybody(app, reseller, ada, make):
    room = make()
    join(ada, room)
    path = page(room, "waiting-room")

    answers = [each.get(path) for each in (ada, Browser(app, reseller))]

    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=1"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "csrf_token" not in answer.text
        assert "Join the waiting room" in answer.text
        assert "not in line yet" in answer.text
    mine, anybodys = (MOMENT.sub("", answer.text) for answer in answers)
    assert mine == anybodys


def test_the_line_is_one_document_that_anybody_may_read(ada, reseller):
    room = line.opened()
    join(ada, room)

    answer = ada.get(page(room, "now-serving.json"))

    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["ETag"]
    assert "Set-Cookie" not in answer.headers
    assert answer.json["last"] == 1


def test_a_show_that_is_announced_tells_when_its_waiting_room_opens(browser, reseller):
    room = line.gathering(minutes=120)

    shown = browser.get(page(room))
    answer = join(browser, room)

    assert shown.status_code == 200
    assert "A waiting room opens at" in shown.text
    assert answer.headers["Location"] == page(room, "waiting-room")
    assert "Join the waiting room" not in browser.get(answer.headers["Location"]).text


@pytest.mark.parametrize("make", [line.opened, line.gathering], ids=["open", "gathering"])
def test_who_has_no_pass_is_led_to_the_entrance(browser, reseller, make):
    room = make()

    answer = browser.get(page(room))

    assert (answer.status_code, answer.headers["Location"]) == (302, page(room, "waiting-room"))


def test_where_nobody_waits_the_entrance_leads_to_the_tickets(browser, reseller):
    room = line.opened()
    join(browser, room)
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="calm again")
    line.again(room)

    for name in ("waiting-room", "place"):
        assert browser.get(page(room, name)).headers["Location"] == page(room)
    assert join(browser, room).headers["Location"] == page(room)
    assert "Get tickets" in browser.get(page(room)).text


def test_a_show_without_a_waiting_room_is_sold_as_ever(browser, show):
    assert "Get tickets" in browser.get(f"/shows/{show.slug}").text
    entrance = browser.get(f"/shows/{show.slug}/waiting-room")
    assert (entrance.status_code, entrance.headers["Location"]) == (302, f"/shows/{show.slug}")
    for name in ("place", "now-serving.json", "draw", "draw.json"):
        assert browser.get(f"/shows/{show.slug}/{name}").status_code == 404
    assert browser.post(f"/shows/{show.slug}/places").status_code == 404


def test_a_paused_shop_lets_nobody_join(browser, reseller):
    room = line.opened()
    mark(reseller, ResellerState.PAUSED)

    for answer in (browser.get(page(room, "waiting-room")), join(browser, room)):
        assert (answer.status_code, "closed for now" in answer.text) == (503, True)


def test_the_draw_is_promised_before_and_shown_after(app, reseller):
    room = line.gathering()
    people = [Browser(app, reseller) for _ in range(3)]
    for each in people:
        join(each, room)
    before = people[0].get(page(room, "draw"))
    assert room.commitment in before.text
    for name in ("draw.json", "draw/places.txt", "draw/numbers/7k.json"):
        early = people[0].get(page(room, name))
        assert (early.status_code, early.headers["Cache-Control"]) == (404, "public, max-age=1")
        assert "Set-Cookie" not in early.headers

    room = line.tend(line.begin_sale(room))

    after = people[0].get(page(room, "draw"))
    facts = people[0].get(page(room, "draw.json"))
    places = people[0].get(page(room, "draw/places.txt"))
    draw = waitingroom.find_draw(room.show)
    assert draw.seed in after.text
    assert facts.text == waitingroom.published(draw)
    assert places.text == waitingroom.draw_places(room.show)
    assert places.text.count("\n") == 3
    for answer in (facts, places):
        assert "public" in answer.headers["Cache-Control"]
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert people[0].get(answer.request.path, headers=tag).status_code == 304
    for each in people:
        assert re.search("plc_[0-9a-z]{26}", each.get(page(room, "place")).text).group() in (
            places.text
        )


@pytest.mark.parametrize("shard", ["7", "7kk", "7u", "7K", "..", "7%0A", "%00a", "٣٣"])
def test_what_no_place_ends_in_is_refused_and_kept_by_nobody(browser, reseller, shard):
    room = line.gathering()

    answer = browser.get(page(room, f"draw/numbers/{shard}.json"))

    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_the_program_that_checks_a_draw_is_offered_beside_it(browser, reseller):
    room = line.opened()

    answer = browser.get(page(room, "draw/verify-draw.py"))

    assert answer.data == SCRIPT.read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_entrance_tells_what_is_left_and_how_many_wait(browser, reseller):
    room = line.opened(capacity=4)
    line.join_all(room, range(7))
    with transaction():
        waitingroom.pause(line.show_of(room), reason="a breath")

    shown = browser.get(page(line.again(room), "waiting-room")).text

    assert "Standard" in shown
    assert "€25.00" in shown
    assert "Last 4" in shown
    assert 'data-say="waiting">7<' in shown


def test_an_open_room_in_which_nobody_waits_says_that_one_is_let_in_at_once(browser, reseller):
    room = line.opened()

    empty = browser.get(page(room, "waiting-room")).text
    with transaction():
        waitingroom.pause(line.show_of(room), reason="a breath")
    line.join_all(room, range(2))
    busy = browser.get(page(line.again(line.tend(room)), "waiting-room")).text

    assert '<p class="lead" data-when="free">Nobody is waiting. If you join now' in empty
    assert 'data-when="line" hidden' in empty
    assert 'data-when="free" hidden' in busy
    assert '<dl class="figures" data-when="line">' in busy
