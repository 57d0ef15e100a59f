"""What nobody would type: tokens, ids and bodies that are huge or odd. 4xx, never our fault."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from core import waitingroom
from core.tenancy import Tenant
from core.waitingroom import Holder, Room, index
from tests.api.conftest import Program, key_for
from tests.api.corpus import MALFORMED
from tests.waitingroom import line

LONG = "x" * 10_000
TYPES: list[Any] = [None, True, 0, -1, 1.5, 10**30, "", " ", [], {}, [[]], {"email": 1}]
TEXTS = [
    *("", " ", ".", "..", "A", "a.b", "a.b.c", "=", "%00", "\0", "a\0b", "\n", "é", "🎟", "\ufeff"),
    *("\u202e", "../../etc", "' OR 1=1 --", "{}", "plc_" + "0" * 26, ".eJw.x", "-1", LONG),
]
STRANGE_IDS = [
    *("plc_", "plc_" + "0" * 25, "plc_" + "0" * 27, "plc_" + "u" * 26, "plc_" + "A" * 26),
    *("shw_" + "0" * 26, "plc_" + "a" + "z" * 25, "plc_" + "b" + "z" * 25, "plc_" + "z" * 26),
    *("%00", "plc_%00" + "0" * 25, "é", LONG[:5000], "plc_" + "0" * 25 + "%0a"),
]


@pytest.fixture
def room(reseller: Tenant) -> Room:
    return line.opened()


@pytest.fixture
def program(app: Any, reseller: Tenant) -> Program:
    return Program(app, key_for(reseller))


def is_told_off(answer: Any) -> bool:
    return 400 <= answer.status_code < 500 and answer.headers["Content-Type"].endswith(
        "problem+json"
    )


def test_a_body_that_is_none_gives_no_place(program: Program, room: Room) -> None:
    waitingroom.join(room, line.guest(1))
    bodies = [
        *MALFORMED.values(),
        *(json.dumps(each).encode() for each in TYPES),
        *(json.dumps({"customer": each}).encode() for each in TYPES),
        *(json.dumps({"customer": {"email": each}}).encode() for each in TYPES),
        *(json.dumps({"customer": {"email": f"{each}@"}}).encode() for each in TEXTS),
        *(
            json.dumps({"customer": {"email": "ada@example.org"}, "token": each}).encode()
            for each in TYPES
            if each not in (None, "", " ")
        ),
        json.dumps({"customer": {"email": LONG + "@example.org"}}).encode(),
        json.dumps({"customer": {"email": "ada@example.org"}, "number": 1}).encode(),
        json.dumps({"customer": {"email": "ada@example.org", "turn": 7}}).encode(),
    ]

    answers = [(body[:80], program.post(f"/v1/shows/{room.show}/places", body)) for body in bodies]

    assert [(body, each.text) for body, each in answers if not is_told_off(each)] == []
    assert index.fields(room)["last"] == "1"


def test_a_token_that_is_none_carries_nothing(program: Program, room: Room) -> None:
    first = waitingroom.join(room, Holder.account("ada@example.org"))
    for token in TEXTS:
        body = {"customer": {"email": "ada@example.org"}, "token": token}
        joined = program.post(f"/v1/shows/{room.show}/places", body)
        shown = program.get(f"/v1/places/{first.id}?token={quote(token)}")

        for answer in (joined, shown):
            told = is_told_off(answer) or answer.json["id"] == first.id
            assert told, (token[:80], answer.status_code, answer.text)


def test_a_pass_that_is_none_buys_nothing(program: Program, room: Room) -> None:
    for each in [*TEXTS, *TYPES]:
        body = {
            "show": room.show,
            "items": [{"ticket_type": "tty_" + "0" * 26, "quantity": 1}],
            "customer": {"email": "ada@example.org", "name": "Ada"},
            "pass": each,
        }
        answer = program.order(body)

        assert is_told_off(answer), (each, answer.status_code, answer.text)


def test_an_id_that_is_none_is_nobodys(program: Program, room: Room) -> None:
    for each in STRANGE_IDS:
        answers = [
            program.get(f"/v1/places/{each}"),
            program.get(f"/v1/places/{each}?token=x&token=y"),
            program.get(f"/v1/shows/{each}/now-serving"),
            program.post(f"/v1/shows/{each}/places", {"customer": {"email": "ada@example.org"}}),
        ]

        assert all(map(is_told_off, answers)), (each, [answer.text for answer in answers])
