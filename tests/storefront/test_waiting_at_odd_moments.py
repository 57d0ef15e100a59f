"""Rooms that open or close between two requests of a visitor."""

import re
import sys
from typing import Any

import pytest

from core import catalogue, waitingroom
from core.database import transaction
from tests.browsing import Browser
from tests.storefront.conftest import field
from tests.storefront.waiting import call_all, come_in, join, page
from tests.waitingroom import line

FORM = re.compile(r'name="(csrf_token|order_key)" value="([^"]+)"')
CAMPUS = {"REMOTE_ADDR": "192.0.2.77"}
SIXTY = 60


@pytest.mark.parametrize("had_one", [False, True])
def test_a_room_that_another_process_has_just_opened_is_found(
    browser: Browser, show: Any, monkeypatch: pytest.MonkeyPatch, had_one: bool
) -> None:
    if had_one:
        for act in (waitingroom.open_now, waitingroom.close_now):
            with transaction():
                act(catalogue.get_show(show.reference), reason="as before")
    address = f"/shows/{show.slug}"
    form = dict(FORM.findall(browser.get(address).text))
    waitingroom.forget_rooms()
    waitingroom.rooms()
    with monkeypatch.context() as elsewhere, transaction():
        elsewhere.setattr("core.waitingroom.switching.forget_rooms_after_commit", lambda: None)
        waitingroom.open_now(catalogue.get_show(show.reference), reason="very many came at once")

    sent = browser.post(f"{address}/orders", data={**form, field(show): "1"})

    entrance = browser.get(sent.headers["Location"])
    assert entrance.status_code == 200
    assert "Please wait for your turn" in entrance.text


def test_the_entrance_of_a_show_without_a_room_leads_to_the_show(
    browser: Browser, show: Any
) -> None:
    answer = browser.get(f"/shows/{show.slug}/waiting-room?notice=turn")

    assert answer.headers["Location"].endswith(f"/shows/{show.slug}")
    assert browser.get("/shows/no-such-show/waiting-room").status_code == 404


def test_who_comes_in_when_the_room_has_closed_goes_to_the_tickets(browser: Browser) -> None:
    room = line.opened()
    join(browser, room)
    call_all(room)
    token = dict(FORM.findall(browser.get(page(room, "place")).text))
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="it is calm")
    line.again(room)

    answer = browser.post(page(room, "passes"), data=token)

    assert answer.headers["Location"].endswith(page(room))


def test_hundreds_of_one_address_who_were_called_may_all_order(app: Any, reseller: Any) -> None:
    room = line.opened(capacity=SIXTY + 5)
    for _ in range(SIXTY + 3):
        browser = Browser(app, reseller)
        come_in(browser, room)

        answer = browser.post(
            f"{page(room)}/orders",
            seen_on=page(room),
            data={field(line.show_of(room)): "1"},
            environ_overrides=CAMPUS,
        )

        assert "/orders/" in answer.headers.get("Location", ""), answer.status_code


def test_a_crowd_without_passes_is_sent_back_without_looking_anything_up_anew(
    browser: Browser, reseller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = line.opened()
    known = sys.modules["core.waitingroom.rooms"]
    looks: list[Any] = []
    look = known.fresh_rooms
    monkeypatch.setattr(known, "fresh_rooms", lambda: looks.append(1) or look())
    form = dict(FORM.findall(browser.get("/sign-in").text)) | {field(line.show_of(room)): "1"}
    for _ in range(20):
        sent = browser.post(f"{page(room)}/orders", data=form)
        assert "notice=turn" in sent.headers["Location"]

    assert len(looks) <= 3, "once a second"
