"""What the dashboard shows of a waiting room while it goes on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import redis

from core import clock, waitingroom
from core.redis import _breaker
from core.tenancy import Tenant
from core.waitingroom import index
from tests import world
from tests.browsing import Browser
from tests.dashboard.rooms import page_of, use
from tests.waitingroom import line


@pytest.fixture
def without_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    nobody = redis.Redis(port=9, socket_connect_timeout=0.1)
    monkeypatch.setattr("core.redis.client", lambda *_: nobody)
    yield
    _breaker("main").close()


def test_the_live_view_counts_people(owner: Browser, reseller: Tenant) -> None:
    room = line.opened()
    line.join_all(room, range(3))

    piece = owner.get(f"{page_of(room)}/live", headers={"HX-Request": "true"}).text

    assert "<html" not in piece
    assert re.search(r"Waiting</dt><dd[^>]*>3<", piece)
    assert "0 sold" in piece
    assert 'hx-trigger="every 2s"' in piece


@pytest.mark.parametrize("epoch", ["61e84732", "infinity", "nan"])
def test_an_epoch_that_reads_like_a_number_is_none(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    room = line.opened()
    monkeypatch.setattr(index, "fields", lambda _: {"epoch": epoch, "called": "7"})

    assert waitingroom.find_live(line.show_of(room)).called == 7


def test_people_who_gather_are_counted_and_the_opening_is_told(
    owner: Browser, reseller: Tenant
) -> None:
    room = line.gathering(minutes=10)
    line.join_all(room, range(4))

    page = owner.get(page_of(room)).text

    assert re.search(r"Gathered</dt><dd[^>]*>4<", page)
    assert re.search(r"The draw and the sale are in <strong[^>]*>(10|9) min \d\d s<", page)


def test_nobody_looks_at_a_sale_that_is_over(owner: Browser, reseller: Tenant) -> None:
    past = clock.now() - timedelta(days=2)
    show = world.add_show(on_sale_at=past - timedelta(days=9), off_sale_at=past)

    page = owner.get(page_of(show)).text

    assert "The sale is over" in page
    assert "hx-get" not in page
    assert "<details" not in page
    assert "Waiting room" not in owner.get(f"/shows/{show.reference}").text
    answer = use(owner, show, **{"mark-reason": "rush"})
    assert answer.status_code == 409
    assert "Nothing is on sale" in answer.text


def test_what_holds_the_line_up_follows_the_pause_at_once(owner: Browser, reseller: Tenant) -> None:
    room = line.opened()
    line.join_all(room, range(3))
    line.tend(room)
    use(owner, room, "/pause", **{"pause-reason": "x"})
    paused = owner.get(f"{page_of(room)}/live").text
    line.tend(room)  # writes down in Redis that it was paused
    use(owner, room, "/resumption", **{"resume-reason": "x"})
    resumed = owner.get(f"{page_of(room)}/live").text

    assert "A pause" in paused
    assert "Nothing holds the line up" not in paused
    assert "Resume when you are ready" not in resumed
    assert "whoever comes is called at once" not in resumed


def test_an_estimate_is_called_one_beside_what_was_counted(
    owner: Browser, reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = line.opened()
    line.join_all(room, range(2))
    line.tend(room)
    at_first = owner.get(f"{page_of(room)}/live").text
    seen = waitingroom.find_live(line.show_of(room))
    later = replace(seen, conversion=0.62, called=5, claimed=4, spent=1)
    monkeypatch.setattr(waitingroom, "find_live", lambda _: later)
    then = owner.get(f"{page_of(room)}/live").text

    assert "2 called · 0 came in · 0 ordered" in at_first
    assert "estimated" not in at_first, "nobody's time is over"
    assert "62 % <small>estimated</small>" in then
    assert "5 called · 4 came in · 1 ordered" in then


def test_no_more_seats_are_shown_than_there_are_tickets(owner: Browser, reseller: Tenant) -> None:
    room = line.opened(capacity=4)

    assert re.search(r"At the checkout</dt><dd[^>]*>0 <small>of 4<", owner.get(page_of(room)).text)
    assert 'value="5000"' in owner.get(page_of(room)).text, "the setting is another thing"


def test_the_draw_is_shown_with_its_seed_once_it_is_public(
    owner: Browser, reseller: Tenant
) -> None:
    room = line.gathering()
    line.join_all(room, range(3))
    before = owner.get(page_of(room)).text
    line.tend(line.begin_sale(room))
    after = owner.get(page_of(room)).text
    draw = waitingroom.find_draw(room.show)

    assert draw
    assert draw.seed not in before
    assert draw.commitment in before
    assert draw.seed in after
    assert "every number follows from the seed and the list" in after
    for page in (before, after):
        assert f'.localhost:8000/shows/{room.slug}/draw"' in page


def test_while_redis_is_away_the_page_says_so(
    owner: Browser, reseller: Tenant, without_redis: None
) -> None:
    show = world.add_show()
    use(owner, show, **{"mark-reason": "rush"})

    for path in (page_of(show), f"{page_of(show)}/live", f"/shows/{show.reference}", "/"):
        answer = owner.get(path)
        assert answer.status_code == 200, path
        assert "nterrupt" in answer.text, path
    assert re.search(r"Waiting</dt><dd[^>]*>–<", owner.get(page_of(show)).text)


def test_the_overview_leads_to_rooms_with_people_in_them(owner: Browser, reseller: Tenant) -> None:
    assert "waiting-room" not in owner.get("/").text
    room = line.opened()
    line.join_all(room, range(2))

    page = owner.get("/").text

    assert f'href="{page_of(room)}"' in page
    assert re.search(r"people (have gathered|wait)|nobody waits", page)
