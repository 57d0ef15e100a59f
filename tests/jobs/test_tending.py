"""The relay's clock: every room is tended, and a show that very many come to is given one."""

import pytest

from core import clock, tenancy, waitingroom
from core.redis import client
from core.tenancy import Tenant, bound_to
from core.waitingroom import RoomState, watching
from jobs import tending
from tests import world
from tests.waitingroom import line


def come(visits: dict[str, int]) -> None:
    """So many visits of each show, a moment ago."""
    for show, times in visits.items():
        for _ in range(times):
            waitingroom.note_visit(show)
    watching.counter.flush()
    server = client()
    for key in server.keys("tts:visits:*"):  # whole seconds count: let this one be over
        name, _, second = key.rpartition(":")
        server.rename(key, f"{name}:{int(second) - 1}")


def tend_all() -> None:
    """Tick until every reseller had its turn: in a long run there are many."""
    tender = tending.Tender()
    for _ in range(0, len(tenancy.everyone()), tending.LOOKED_AT_ONCE):
        tender.tick()


def test_a_show_that_very_many_come_to_is_given_a_waiting_room(reseller: Tenant) -> None:
    crowded, calm = world.add_show(), world.add_show()
    come({crowded.reference: 200, calm.reference: 20})

    tend_all()

    waitingroom.forget_rooms()
    room = waitingroom.find_room(crowded.reference)
    assert room
    assert (room.state, room.is_high_traffic) == (RoomState.OPEN, False)
    assert waitingroom.find_room(calm.reference) is None
    opened = waitingroom.find_live(line.show_of(room)).history[0]
    assert (opened.actor, opened.reason) == ("schedule", tending.UNDER_LOAD)


def test_a_show_that_is_not_there_opens_nothing(reseller: Tenant) -> None:
    come({"shw_" + "0" * 26: 500})

    tend_all()

    assert waitingroom.rooms() == []


def test_every_resellers_lines_move(reseller: Tenant, neighbour: Tenant) -> None:
    here = line.opened()
    line.join_all(here, range(3))
    with bound_to(neighbour):
        there = line.opened()
        line.join_all(there, range(2))
    for room in (here, there):
        client(room.cell).delete(room.key("tended"))

    tend_all()

    assert waitingroom.now_serving(here).serving == 3
    with bound_to(neighbour):
        assert waitingroom.now_serving(there).serving == 2


def test_the_trouble_of_one_line_stops_no_other(
    reseller: Tenant, neighbour: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.opened()
    with bound_to(neighbour):
        there = line.opened()
        line.join_all(there, range(2))
    client(there.cell).delete(there.key("tended"))
    tend = waitingroom.tend

    def troubled(room: waitingroom.Room) -> None:
        if room.schema == reseller.schema_name:
            raise RuntimeError("trouble")
        tend(room)

    monkeypatch.setattr(waitingroom, "tend", troubled)
    tend_all()

    with bound_to(neighbour):
        assert waitingroom.now_serving(there).serving == 2


def test_a_gathering_is_drawn_when_the_sale_begins(reseller: Tenant) -> None:
    room = line.gathering()
    line.join_all(room, range(4))
    line.begin_sale(room)
    client(room.cell).delete(room.key("tended"))

    tend_all()

    assert line.again(room).drawn_count == 4
    assert line.again(room).drawn_at <= clock.now()  # type: ignore[operator]
