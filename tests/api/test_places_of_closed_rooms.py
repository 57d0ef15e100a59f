"""A program that goes on asking for a place learns that nobody waits any more."""

from typing import Any

from core import waitingroom
from core.database import db, transaction
from core.tenancy import Tenant
from tests.api.conftest import Program, key_for
from tests.waitingroom import line

ADA = {"customer": {"email": "ada@example.org"}}


def test_a_place_in_a_closed_room_says_so(app: Any, reseller: Tenant) -> None:
    room = line.tend(line.gathering())
    program = Program(app, key_for(reseller))
    place = program.post(f"/v1/shows/{room.show}/places", ADA).json
    db.session.rollback()
    room = line.tend(line.begin_sale(room))
    with transaction():
        waitingroom.close_now(line.show_of(room), reason="it is calm")
    room = line.again(room)
    told = [program.get(f"/v1/places/{place['id']}")]
    line.lose(room)
    told.append(program.get(f"/v1/places/{place['id']}?token={place['token']}"))

    assert [each.status_code for each in told] == [409, 404]
    assert told[0].json["type"].endswith("/waiting_room_closed")
