"""A page of a waiting room that was left open follows the room, and its old forms do nothing."""

import pytest

from core.tenancy import Tenant
from core.waitingroom import RoomState
from tests.browsing import Browser
from tests.dashboard.rooms import SETTINGS, SWITCHES, acts, page_of, use, version_of
from tests.waitingroom import line

ALL = SETTINGS | {f"{name}-sure": "yes" for name in ("unmark", "close")}
ALL |= {f"{name}-reason": "x" for name in ("mark", "unmark", "open", "close", "pause", "resume")}


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_form_of_a_room_that_has_changed_since_does_nothing(
    owner: Browser, reseller: Tenant, switch: str
) -> None:
    room = line.gathering()
    stale = version_of(owner, room)
    room = line.begin_sale(room)
    line.tend(room)
    room, told = line.again(room), acts(line.show_of(room))
    assert room.state == RoomState.OPEN

    for version in (stale, ""):
        answer = use(owner, room, switch, **ALL | {"version": version})

        assert answer.status_code == 409
        assert "has changed since you loaded the page, so nothing was done" in answer.text
        assert version_of(owner, room) in answer.text
        assert "checked" not in answer.text
        assert line.again(room).state == RoomState.OPEN
        assert acts(line.show_of(room)) == told


def test_a_pause_or_new_settings_make_a_form_an_old_one(owner: Browser, reseller: Tenant) -> None:
    room = line.opened()
    first = version_of(owner, room)
    assert version_of(owner, room) == first, "nothing was done"
    use(owner, room, "/settings", **SETTINGS)
    second = version_of(owner, room)

    late = use(owner, room, "/settings", **SETTINGS | {"version": first, "checkout_seats": "9"})

    assert late.status_code == 409
    assert line.again(room).checkout_seats == 800
    assert 'value="800"' in late.text
    use(owner, room, "/pause", **{"pause-reason": "x"})
    assert len({first, second, version_of(owner, room)}) == 3


def test_what_can_be_done_is_asked_for_apart(owner: Browser, reseller: Tenant) -> None:
    room = line.gathering()

    piece = owner.get(page_of(room), headers={"HX-Request": "true"}).text

    assert "<html" not in piece
    assert 'id="live"' not in piece
    assert f'id="standing" data-version="{version_of(owner, room)}"' in piece
    assert f'hx-get="{page_of(room)}" hx-trigger="room-changed"' in piece
    for part in ('id="switch-unmark"', "The draw", "What was done", room.commitment):
        assert part in piece
