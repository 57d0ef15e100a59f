"""Waiting rooms in the console: all that are ready or open, and one with its switches."""

from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from console import overseeing, waiting_rooms
from core import accounts, clock, tenancy, waitingroom
from core.catalogue import Show
from core.database import db
from core.tenancy import Tenant, bound_to
from core.waitingroom import Holder, Room, RoomState
from tests import world
from tests.browsing import Browser
from tests.console.conftest import sign_in
from tests.dashboard.rooms import VERSION
from tests.waitingroom import line

FIELDS = {f"{name}-reason": "a rush" for name in ("mark", "unmark", "open", "close")} | {
    "pause-reason": "a look",
    "resume-reason": "all is well",
    "change-reason": "more seats",
    "unmark-sure": "yes",
    "close-sure": "yes",
    "checkout_seats": "700",
    "per_minute": "",
    "gather_minutes": "20",
    "suspects": "refuse",
}
SWITCHES = ["", "/pause", "/resumption", "/settings", "/withdrawal", "/closing", "/opening"]


def page_of(tenant: Tenant, show: str) -> str:
    return f"/resellers/{tenant.reference}/shows/{show}/waiting-room"


def version_of(admin: Browser, tenant: Tenant, show: str) -> str:
    """What forms of the room's page carry just now, if there is one."""
    found = VERSION.search(admin.get(page_of(tenant, show)).text)
    return found.group(1) if found else ""


def use(admin: Browser, tenant: Tenant, show: str, switch: str, **changed: str) -> Any:
    """Send a switch's form, whether or not its page offers it."""
    return admin.post(
        page_of(tenant, show) + switch,
        seen_on=f"/resellers/{tenant.reference}",
        data=FIELDS | {"version": version_of(admin, tenant, show)} | changed,
    )


def audit_of(show: str) -> list[accounts.AuditRow]:
    with tenancy.on_platform():
        rows = db.session.scalars(
            sa.select(accounts.AuditRow)
            .where(accounts.AuditRow.subject == show)
            .order_by(accounts.AuditRow.id)
        ).all()
        db.session.expunge_all()
        return list(rows)


@pytest.fixture
def nearby(reseller: Tenant, neighbour: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory has these two only: resellers of other tests are none of our business."""
    monkeypatch.setattr(tenancy, "directory", lambda **_: [neighbour, reseller])


def test_every_room_of_every_reseller_is_listed(
    admin: Browser, reseller: Tenant, neighbour: Tenant, nearby: None
) -> None:
    room = line.opened()
    line.join_all(room, range(3))
    quiet = world.add_show(title="Nobody Comes").reference
    with bound_to(neighbour):
        theirs = line.gathering(title="Next Door Night")

    page = admin.get("/waiting-rooms").text

    for tenant, show in ((reseller, room.show), (neighbour, theirs.show)):
        assert f'href="{page_of(tenant, show)}"' in page
    assert page.index("Winter Concert") < page.index("Next Door Night")
    assert quiet not in page
    piece = admin.get("/waiting-rooms", headers={"HX-Request": "true"}).text
    assert "Winter Concert" in piece
    assert "<html" not in piece


def test_a_reseller_in_trouble_hides_nobody_else(
    admin: Browser,
    reseller: Tenant,
    neighbour: Tenant,
    nearby: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = line.opened()
    look = waitingroom.rooms

    def half() -> list[Room]:
        if tenancy.current().id == neighbour.id:
            raise sa.exc.OperationalError("SELECT", {}, psycopg.errors.LockNotAvailable())
        return look()

    monkeypatch.setattr(waitingroom, "rooms", half)

    page = admin.get("/waiting-rooms")

    assert page.status_code == 200
    assert "No answer from the database of Next Door" in page.text
    assert room.show in page.text


def test_a_cell_that_does_not_answer_is_asked_once(
    reseller: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def down() -> list[Room]:
        asked.append(tenancy.current().id)
        raise sa.exc.OperationalError("SELECT", {}, Exception("down"))

    monkeypatch.setattr(waitingroom, "rooms", down)

    found = overseeing.overview_of([reseller] * 5, clock.now())

    assert len(asked) == 1
    assert found.unanswered == [reseller.name] * 5


def test_the_list_is_bounded(
    admin: Browser, reseller: Tenant, neighbour: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_rooms, "RESELLERS_AT_ONCE", 1)
    first = tenancy.directory(limit=1)[0]

    assert f"after={first.reference}" in admin.get("/waiting-rooms").text
    assert admin.get("/waiting-rooms?after=nobody").status_code == 404


def test_we_mark_any_show_and_it_is_written_down_twice(
    admin: Browser, reseller: Tenant, show: Show
) -> None:
    reference = show.reference
    assert page_of(reseller, reference) in admin.get(f"/resellers/{reseller.reference}").text

    answer = use(admin, reseller, reference, "", **{"mark-reason": "it trends"})

    assert (answer.status_code, answer.headers["Location"]) == (303, page_of(reseller, reference))
    assert line.room_of(world.fresh(show)).state == RoomState.OPEN
    act = waitingroom.find_live(show).history[0]
    assert act.actor.startswith("admin adm_")
    assert act.reason == "it trends"
    row = audit_of(reference)[0]
    assert (row.act, row.reseller) == ("waiting_room.mark_asked", reseller.reference)
    assert (row.actor, row.facts) == (act.actor, {"reason": "it trends"})


def test_every_switch_leaves_a_row_with_who_and_why(
    admin: Browser, reseller: Tenant, show: Show
) -> None:
    reference = show.reference

    for switch in SWITCHES:
        assert use(admin, reseller, reference, switch).status_code == 303, switch

    rows = audit_of(reference)
    names = ["mark", "pause", "resume", "change", "unmark", "close", "open"]
    assert [row.act for row in rows] == [f"waiting_room.{name}_asked" for name in names]
    assert all(row.actor.startswith("admin adm_") and row.facts["reason"] for row in rows)
    assert rows[3].facts["checkout_seats"] == 700
    told = waitingroom.find_live(world.fresh(show)).history
    done = {each.what for each in told if each.actor.startswith("admin adm_")}
    assert done >= {"marked", "paused", "resumed", "changed", "unmarked", "open", "closed"}


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_form_of_a_room_that_has_changed_since_does_nothing(
    admin: Browser, reseller: Tenant, switch: str
) -> None:
    room = line.gathering()
    stale = version_of(admin, reseller, room.show)
    line.tend(line.begin_sale(room))
    room = line.again(room)

    for version in (stale, ""):
        answer = use(admin, reseller, room.show, switch, version=version)

        assert answer.status_code == 409
        assert "has changed since you loaded the page, so nothing was done" in answer.text
        assert version_of(admin, reseller, room.show) in answer.text
    assert line.again(room) == room
    assert audit_of(room.show) == []


def test_what_can_be_done_is_asked_for_apart(admin: Browser, reseller: Tenant) -> None:
    room = line.gathering()

    piece = admin.get(page_of(reseller, room.show), headers={"HX-Request": "true"}).text

    assert "<html" not in piece
    assert piece.lstrip().startswith('<div class="standing"')
    assert 'id="switch-unmark"' in piece


def test_without_a_reason_nothing_is_done_or_written(
    admin: Browser, reseller: Tenant, show: Show
) -> None:
    reference = show.reference

    answer = use(admin, reseller, reference, "", **{"mark-reason": " "})

    assert answer.status_code == 422
    assert 'id="mark-reason-error"' in answer.text
    assert waitingroom.find_room(reference) is None
    assert audit_of(reference) == []


@pytest.mark.parametrize("role", ["support", "finance"])
def test_others_of_us_look_and_do_not_touch(app: Any, reseller: Tenant, role: str) -> None:
    room = line.opened()
    other = sign_in(app, role)

    page = other.get(page_of(reseller, room.show))

    assert page.status_code == 200
    assert "<details" not in page.text
    for switch in SWITCHES:
        assert use(other, reseller, room.show, switch).status_code == 404
    assert line.again(room) == room
    assert audit_of(room.show) == []


def test_a_show_is_found_at_its_own_reseller_only(
    admin: Browser, reseller: Tenant, neighbour: Tenant, show: Show
) -> None:
    reference = show.reference

    for path in ("", "/live"):
        assert admin.get(page_of(neighbour, reference) + path).status_code == 404
    for switch in SWITCHES:
        assert use(admin, neighbour, reference, switch).status_code == 404
    assert audit_of(reference) == []


def test_nobody_who_waits_is_named(admin: Browser, reseller: Tenant) -> None:
    room = line.opened()
    place = waitingroom.join(room, Holder.account("ada@example.org"))
    line.tend(room)

    for path in ("", "/live"):
        page = admin.get(page_of(reseller, room.show) + path).text
        assert "ada@" not in page
        assert place.id not in page
