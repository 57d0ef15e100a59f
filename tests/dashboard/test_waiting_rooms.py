"""The switches of a show's waiting room in the dashboard, and who may use them."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.catalogue import Show
from core.tenancy import Tenant, bound_to
from core.waitingroom import RoomState
from tests import world
from tests.browsing import Browser
from tests.dashboard.conftest import sign_in
from tests.dashboard.rooms import SETTINGS, SWITCHES, acts, page_of, use
from tests.waitingroom import line

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
