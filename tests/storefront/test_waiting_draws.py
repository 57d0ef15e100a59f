"""The draw as customers check it: what its page says, and one's own place for ever after."""

import html
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from core import waitingroom
from core.database import transaction
from core.waitingroom import LineAway
from tests.browsing import Browser
from tests.storefront.conftest import sign_in
from tests.storefront.waiting import come_in, join, number_of, order, page
from tests.waitingroom import line

SCRIPT = Path(__file__).parents[2] / "docs" / "verify-draw.py"
COMMAND = re.compile(r"<pre[^>]*><code>(.*?)</code>", re.DOTALL)
NOTED = "<what you noted before the draw>"


@pytest.fixture
def people(app, reseller):
    return [Browser(app, reseller) for _ in range(3)]


@pytest.fixture
def drawn(people):
    """The open room of a show for which these people were drawn."""
    room = line.gathering()
    for each in people:
        join(each, room)
    return line.tend(line.begin_sale(room))


def close(room):
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="calm again")
    return line.again(room)


def command_on(shown):
    found = COMMAND.search(shown)
    assert found
    return html.unescape(found.group(1))


def test_the_page_gives_no_commitment_to_check_itself_against(people, drawn):
    shown = people[0].get(page(drawn, "draw")).text

    command = command_on(shown)

    assert f"--commitment {NOTED}" in command
    assert f"http://{people[0].host}{page(drawn, 'draw')} " in command
    assert drawn.commitment not in command
    assert drawn.commitment in shown
    assert f'href="{page(drawn, "place")}"' in shown


def test_the_page_claims_what_is_proved_and_says_what_is_not(people, drawn):
    shown = people[0].get(page(drawn, "draw")).text

    assert "It proves that nobody chose" not in shown
    assert "Every number follows from the seed and the list" in shown
    assert "take our word for: that the places on the list are people" in shown


def test_the_program_is_offered_before_the_draw(browser, reseller):
    room = line.gathering()

    assert page(room, "draw/verify-draw.py") in browser.get(page(room, "draw")).text


def test_where_nobody_had_gathered_there_is_nothing_to_check(browser, reseller):
    room = line.opened()

    shown = browser.get(page(room, "draw")).text

    assert "No draw was needed" in shown
    for word in ("seed", "commitment", "verify-draw"):
        assert word not in shown
    assert page(room, "draw") not in browser.get(page(room, "waiting-room")).text


def test_who_was_drawn_finds_its_number_and_can_check_it_after_the_room_has_closed(
    people, drawn, tmp_path
):
    numbers = [number_of(each, drawn) for each in people]
    room = close(drawn)
    for name, there in (("draw.json", "draw.json"), ("places.txt", "draw/places.txt")):
        (tmp_path / name).write_bytes(people[0].get(page(room, there)).data)

    assert sorted(numbers) == [1, 2, 3]
    for each, number in zip(people, numbers, strict=True):
        answer = each.get(page(room, "place"))
        assert answer.headers["Cache-Control"] == "no-store"
        assert f"You drew number <strong>{number}</strong> of 3" in answer.text
        assert page(room, "draw") in answer.text
        command = shlex.split(command_on(answer.text).replace(NOTED, room.commitment))
        assert command[-2:] == ["--number", str(number)]
        done = subprocess.run(
            [sys.executable, "-I", SCRIPT, *command[2:]],
            cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout[-18:]) == (0, "Everything holds.\n")


def test_who_was_drawn_finds_its_number_though_it_has_joined_again(ada):
    room = line.gathering()
    join(ada, room)
    room = line.tend(line.begin_sale(room))
    come_in(ada, room)
    assert order(ada, room).status_code == 303
    join(ada, room)
    assert number_of(ada, room) == 2

    shown = ada.get(page(close(room), "place")).text

    assert "You drew number <strong>1</strong> of 1" in shown


def test_who_was_not_drawn_is_led_to_the_tickets(app, reseller, drawn):
    late, stranger = Browser(app, reseller), Browser(app, reseller)
    join(late, drawn)
    room = close(drawn)

    for each in (late, stranger):
        assert each.get(page(room, "place")).headers["Location"] == page(room)


def test_a_closed_room_leads_to_the_tickets_while_the_line_cannot_be_seen(
    people, drawn, monkeypatch
):
    room = close(drawn)

    def away(*_, **__):
        raise LineAway("The line is standing still for a moment.")

    monkeypatch.setattr(waitingroom, "look", away)

    assert people[0].get(page(room, "place")).headers["Location"] == page(room)


def test_an_account_finds_its_number_on_another_device(app, reseller, ada):
    room = line.gathering()
    join(ada, room)
    room = close(line.tend(line.begin_sale(room)))

    shown = sign_in(Browser(app, reseller)).get(page(room, "place")).text

    assert "You drew number <strong>1</strong> of 1" in shown


def test_while_the_line_is_open_only_who_was_drawn_is_told_how_to_check(people, drawn, browser):
    join(browser, drawn)
    number = number_of(people[0], drawn)

    assert command_on(people[0].get(page(drawn, "place")).text).endswith(f"--number {number}")
    assert "Your place in the draw" not in browser.get(page(drawn, "place")).text
