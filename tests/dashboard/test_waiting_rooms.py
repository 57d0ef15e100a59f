"""A show's waiting room in the dashboard: watching it, and its switches."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from core import clock, waitingroom
from core.catalogue import Show
from core.redis import _breaker
from core.tenancy import Tenant, bound_to
from core.waitingroom import Room, RoomState
from tests import world
from tests.browsing import TOKEN, Browser
from tests.dashboard.conftest import sign_in
from tests.waitingroom import line

SETTINGS = {
    "checkout_seats": "800",
    "per_minute": "120",
    "gather_minutes": "45",
    "suspects": "wait",
    "change-reason": "more cashiers",
}
BAD_SETTINGS = [
    ("checkout_seats", "0"),
    ("checkout_seats", "100001"),
    ("checkout_seats", "many"),
    ("checkout_seats", "9" * 500),
    ("per_minute", "0"),
    ("per_minute", "-3"),
    ("gather_minutes", ""),
    ("gather_minutes", "1441"),
    ("gather_minutes", "²"),
    ("suspects", "shoot"),
    ("change-reason", ""),
    ("change-reason", "x" * 201),
]
SWITCHES = ["", "/withdrawal", "/opening", "/closing", "/pause", "/resumption", "/settings"]


def page_of(show: Any) -> str:
    """The address of a room, by its show or by itself."""
    return f"/shows/{show.show if isinstance(show, Room) else show.reference}/waiting-room"


def use(member: Browser, show: Any, switch: str = "", **fields: str) -> Any:
    """Send a switch's form, with the token of a page with a form on it."""
    token = TOKEN.search(member.get("/orders").text)
    assert token
    return member.post(page_of(show) + switch, data={**fields, "csrf_token": token.group(1)})


def acts(show: Show) -> list[tuple[str, str, str]]:
    """What the history of a room tells, newest first: what, who, why."""
    told = waitingroom.find_live(world.fresh(show)).history
    return [(each.what, each.actor, each.reason) for each in told]


@pytest.fixture
def without_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    nobody = redis.Redis(port=9, socket_connect_timeout=0.1)
    monkeypatch.setattr("core.redis.client", lambda *_: nobody)
    yield
    _breaker("main").close()


def test_a_show_is_marked_and_gets_a_room(owner: Browser, reseller: Tenant) -> None:
    show = world.add_show(on_sale_at=clock.now() + timedelta(hours=3))
    assert "Expect a rush" in owner.get(f"/shows/{show.reference}").text

    answer = use(owner, show, **{"mark-reason": "the whole town will come"})

    assert (answer.status_code, answer.headers["Location"]) == (303, page_of(show))
    assert line.room_of(show).state == RoomState.READY
    what, who, why = acts(show)[0]
    assert (what, why) == ("ready", "the whole town will come")
    assert who.startswith("member mem_")
    page = owner.get(page_of(show)).text
    assert "A rush is expected" in page
    assert "the whole town will come" in page
    assert "Grace" in page


def test_marking_twice_is_harmless(owner: Browser, show: Show) -> None:
    use(owner, show, **{"mark-reason": "rush"})
    told = acts(show)

    again = use(owner, show, **{"mark-reason": "rush"})

    assert again.status_code == 303
    assert acts(show) == told


def test_the_live_view_counts_people(owner: Browser, reseller: Tenant) -> None:
    room = line.opened()
    line.join_all(room, range(3))

    piece = owner.get(f"{page_of(room)}/live", headers={"HX-Request": "true"}).text

    assert "<html" not in piece
    assert re.search(r"Waiting</dt><dd[^>]*>3<", piece)
    assert "0 sold" in piece
    assert 'hx-trigger="every 2s"' in piece


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


def test_a_room_is_paused_and_goes_on(owner: Browser, reseller: Tenant) -> None:
    room = line.opened()

    use(owner, room, "/pause", **{"pause-reason": "the stage is wet"})
    paused = owner.get(page_of(room)).text
    use(owner, room, "/resumption", **{"resume-reason": "dry again"})
    resumed = owner.get(page_of(room)).text

    assert "Nobody is called" in paused
    assert "the stage is wet" in paused
    assert 'id="switch-resume"' in paused
    assert 'id="switch-pause"' in resumed
    told = acts(line.show_of(room))
    assert [what for what, _, _ in told[:2]] == ["resumed", "paused"]
    assert all(who.startswith("member mem_") for _, who, _ in told[:2])


def test_settings_are_changed_while_it_runs(owner: Browser, reseller: Tenant) -> None:
    room = line.opened()

    answer = use(owner, room, "/settings", **SETTINGS)

    assert answer.status_code == 303, answer.text
    room = line.again(room)
    assert (room.checkout_seats, room.per_minute) == (800, 120)
    assert (room.gather_minutes, room.suspects) == (45, "wait")
    assert acts(line.show_of(room))[0][::2] == ("changed", "more cashiers")
    page = owner.get(page_of(room)).text
    assert 'value="800"' in page
    assert "At most 120" in page
    assert "seats at the checkout 5,000 → 800, calls a minute no limit → 120" in page


def test_without_a_limit_on_calls_there_is_none(owner: Browser, reseller: Tenant) -> None:
    room = line.opened(per_minute=60)

    use(owner, room, "/settings", **SETTINGS | {"per_minute": ""})

    assert line.again(room).per_minute is None


@pytest.mark.parametrize(("field", "wrong"), BAD_SETTINGS, ids=lambda text: text[:20] or "empty")
def test_settings_that_make_no_sense_change_nothing(
    owner: Browser, reseller: Tenant, field: str, wrong: str
) -> None:
    room = line.opened()
    told = acts(line.show_of(room))

    answer = use(owner, room, "/settings", **SETTINGS | {field: wrong})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'id="switch-change" open' in answer.text
    assert 'value="800"' in answer.text or field == "checkout_seats"
    assert line.again(room) == room
    assert acts(line.show_of(room)) == told


def test_what_is_hard_to_take_back_asks_whether_it_is_meant(
    owner: Browser, reseller: Tenant
) -> None:
    room = line.opened()

    unsure = use(owner, room, "/closing", **{"close-reason": "enough"})
    assert unsure.status_code == 422
    assert 'id="close-sure-error"' in unsure.text
    assert 'value="enough"' in unsure.text
    assert line.again(room).state == RoomState.OPEN

    sure = use(owner, room, "/closing", **{"close-reason": "enough", "close-sure": "yes"})
    assert sure.status_code == 303
    assert line.again(room).state == RoomState.CLOSED


def test_a_room_is_opened_by_hand(owner: Browser, show: Show) -> None:
    use(owner, show, "/opening", **{"open-reason": "the radio told of it"})

    assert line.room_of(show).state == RoomState.OPEN
    assert acts(show)[0][::2] == ("open", "the radio told of it")


def test_a_mark_is_taken_back(owner: Browser, reseller: Tenant) -> None:
    room = line.gathering()

    use(owner, room, "/withdrawal", **{"unmark-reason": "rain", "unmark-sure": "yes"})

    show = world.fresh(line.show_of(room))
    assert (show.is_high_traffic, show.needs_pass) == (False, False)
    assert line.again(room).state == RoomState.CLOSED


@pytest.mark.parametrize("role", ["accountant", "box_office"])
def test_others_look_and_do_not_touch(app: Any, reseller: Tenant, role: str) -> None:
    room = line.opened()
    member = sign_in(app, reseller, role)
    told = acts(line.show_of(room))

    page = member.get(page_of(room))

    assert page.status_code == 200
    assert "<details" not in page.text
    assert "<details" not in member.get(f"/shows/{room.show}").text
    for switch in SWITCHES:
        assert use(member, room, switch, **SETTINGS).status_code == 404
    assert acts(line.show_of(room)) == told


def test_a_manager_may_what_an_owner_may(app: Any, reseller: Tenant) -> None:
    room = line.opened()

    answer = use(sign_in(app, reseller, "manager"), room, "/pause", **{"pause-reason": "wait"})

    assert answer.status_code == 303


def test_the_room_next_door_is_not_there(app: Any, reseller: Tenant, neighbour: Tenant) -> None:
    room = line.opened()
    stranger = sign_in(app, neighbour)

    for path in ("", "/live"):
        assert stranger.get(page_of(room) + path).status_code == 404
    for switch in SWITCHES:
        fields = {"mark-reason": "x", "open-reason": "x", "close-reason": "x", "close-sure": "yes"}
        more = {"pause-reason": "x", "resume-reason": "x", "unmark-reason": "x"}
        answer = use(stranger, room, switch, **SETTINGS, **fields, **more, **{"unmark-sure": "y"})
        assert answer.status_code == 404
    assert "Winter Concert" not in stranger.get("/").text
    with bound_to(reseller):
        assert line.again(room) == room


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
