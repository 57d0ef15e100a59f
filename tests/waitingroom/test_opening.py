"""The opening: those who gathered are drawn, and the line begins to move."""

import subprocess
import sys
from pathlib import Path

from core import events, waitingroom
from core.database import transaction
from core.redis import client
from core.tenancy import Tenant
from core.waitingroom import PlaceState, RoomState, index
from core.waitingroom import opening as act
from tests.waitingroom import line

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify-draw.py"


def opened_with(people: int) -> tuple[waitingroom.Room, list[waitingroom.Place]]:
    room = line.gathering()
    places = line.join_all(room, range(people))
    return line.tend(line.begin_sale(room)), places


def numbers_of(room: waitingroom.Room, people: int) -> list[int | None]:
    found = [waitingroom.look(room, line.guest(number)) for number in range(people)]
    return [place.number if place else None for place in found]


def test_everybody_who_gathered_has_a_number_of_its_own(reseller: Tenant) -> None:
    room, _ = opened_with(50)

    assert room.state == RoomState.OPEN
    assert sorted(filter(None, numbers_of(room, 50))) == list(range(1, 51))


def test_who_comes_after_the_opening_stands_behind_those_who_gathered(reseller: Tenant) -> None:
    room, _ = opened_with(5)

    assert waitingroom.join(room, line.guest(99)).number == 6


def test_a_number_follows_from_what_is_published(reseller: Tenant, tmp_path: Path) -> None:
    room, places = opened_with(20)
    draw = waitingroom.find_draw(room.show)
    listed = waitingroom.draw_places(room.show)
    assert draw
    assert listed
    (tmp_path / "draw.json").write_text(waitingroom.published(draw), encoding="utf-8")
    (tmp_path / "places.txt").write_text(listed, encoding="utf-8")

    number = numbers_of(room, 1)[0]
    checked = subprocess.run(
        [
            sys.executable, SCRIPT, "draw.json", "places.txt",
            "--commitment", room.commitment, "--place", places[0].id, "--number", str(number),
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_seed_is_told_by_nobody_before_the_draw(reseller: Tenant) -> None:
    room = line.gathering()
    waitingroom.join(room, line.guest(1))

    assert waitingroom.find_draw(room.show) is None
    assert waitingroom.draw_places(room.show) is None
    assert len(room.commitment) == 64


def test_a_draw_that_was_cut_off_goes_on_from_there(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(30))
    line.begin_sale(room)
    index.run("close", room, [])

    latecomer = waitingroom.join(room, line.guest(99))
    room = line.tend(room)

    assert latecomer.number == 31
    assert sorted(filter(None, numbers_of(room, 30))) == list(range(1, 31))


def test_numbers_that_were_not_written_down_yet_are(reseller: Tenant) -> None:
    room, _ = opened_with(30)
    before = numbers_of(room, 30)
    server = client(room.cell)
    server.hset(room.key(), "phase", "drawing")
    for number in range(0, 30, 2):
        key = act.key_and_turn(waitingroom.look(room, line.guest(number)).id)[0]  # type: ignore[union-attr]
        server.hset(room.key("places"), key, "0 0 0 0")

    line.tend(room)

    assert numbers_of(room, 30) == before


def test_the_draw_is_told_as_an_event(reseller: Tenant) -> None:
    room, _ = opened_with(3)

    told = [each for each in events.about([room.show_id]) if each.type == "waiting_room.opened"]

    assert [each.data["gathered"] for each in told] == [3]


def test_a_room_nobody_gathered_in_opens_without_a_draw(reseller: Tenant) -> None:
    room, _ = opened_with(0)

    assert room.state == RoomState.OPEN
    assert waitingroom.find_draw(room.show) is None
    assert waitingroom.join(room, line.guest(1)).number == 1


def test_a_suspect_is_not_drawn(reseller: Tenant) -> None:
    room = line.gathering()
    with transaction():
        waitingroom.change(line.show_of(room), reason="bots", suspects="wait")
    room = line.again(room)
    waitingroom.join(room, line.guest(0), is_suspect=True)
    line.join_all(room, range(1, 4))

    room = line.tend(line.begin_sale(room))

    suspect = waitingroom.look(room, line.guest(0))
    assert suspect
    assert (suspect.state, suspect.number) == (PlaceState.WAITING, 4)
    assert room.drawn_count == 3


def test_everybody_finds_its_number_in_a_small_part_of_the_draw(reseller: Tenant) -> None:
    room, places = opened_with(40)

    found = [waitingroom.drawn_numbers(room, place.id[-2:])[place.id] for place in places]

    assert found == numbers_of(room, 40)
    assert waitingroom.drawn_numbers(room, "!!") == {}


def test_before_the_draw_nobody_finds_a_number(reseller: Tenant) -> None:
    room = line.gathering()
    place = waitingroom.join(room, line.guest(1))

    assert waitingroom.drawn_numbers(room, place.id[-2:]) == {}
