"""The same request twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from core import boxoffice, orders
from tests import world
from tests.api.conftest import Program, held, key_for


def test_the_same_key_and_body_give_the_same_bytes(program: Program, wish: Any, show: Any) -> None:
    first = program.order(wish, key="k1")
    second = program.order(wish, key="k1")

    assert (second.status_code, second.data) == (first.status_code, first.data)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert held(wish) == 2


def test_the_same_key_with_another_body_is_refused(program: Program, wish: Any) -> None:
    program.order(wish, key="k1")
    other = {**wish, "customer": {**wish["customer"], "name": "Grace"}}

    answer = program.order(other, key="k1")

    assert answer.status_code == 422
    assert answer.json["type"].endswith("/idempotency_key_reused")


def test_keys_of_two_programs_never_meet(
    app: Any, program: Program, reseller: Any, wish: Any, show: Any
) -> None:
    sibling = Program(app, key_for(reseller))

    assert program.order(wish, key="k1").json["id"] != sibling.order(wish, key="k1").json["id"]
    assert held(wish) == 4


def test_sold_out_stays_sold_out(program: Program, wish: Any, show: Any) -> None:
    taken = [world.place(show, count).reference for count in (8, 2)]
    first = program.order(wish, key="k1")
    assert first.json["type"].endswith("/sold_out")

    for reference in taken:
        boxoffice.at_the_till(partial(_cancel, reference))
    again = program.order(wish, key="k1")

    assert (again.status_code, again.data) == (409, first.data)
    assert again.mimetype == "application/problem+json"
    assert program.order(wish, key="k2").status_code == 201


def test_without_a_key_nothing_is_placed(program: Program, wish: Any, show: Any) -> None:
    for key in ("", "x" * 256, "schlüssel"):
        answer = program.post("/v1/orders", wish, headers={"Idempotency-Key": key} if key else {})
        assert answer.status_code == 400, key
    assert program.order(wish, key="x" * 255).status_code == 201
    assert held(wish) == 2


def test_twins_at_the_same_moment_place_one_order(
    app: Any, program: Program, wish: Any, show: Any
) -> None:
    def twin(_: int) -> tuple[int, bytes]:
        answer = Program(app, program.key).order(wish, key="k1")
        return answer.status_code, answer.data

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(twin, range(8)))

    assert len(answers) == 1
    (status, body) = answers.pop()
    assert status == 201
    assert held(wish) == 2
    assert [each["id"] for each in program.get("/v1/orders").json["data"]] == [
        json.loads(body)["id"]
    ]


def test_a_cancellation_asked_for_again_under_its_key_is_answered_as_before(
    program: Program, wish: Any, show: Any
) -> None:
    path = f"/v1/orders/{program.order(wish).json['id']}/cancellation"

    first = program.post(path, key="k1")
    second = program.post(path, key="k1")

    assert first.status_code == 200
    assert (second.status_code, second.data) == (200, first.data)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert program.post(path, key="k2").status_code == 409
    assert program.post(path).status_code == 409
    assert held(wish) == 0


def test_the_key_of_a_cancellation_is_for_one_order(program: Program, wish: Any) -> None:
    mine, other = (program.order(wish).json["id"] for _ in range(2))
    program.post(f"/v1/orders/{mine}/cancellation", key="k1")

    answer = program.post(f"/v1/orders/{other}/cancellation", key="k1")

    assert answer.json["type"].endswith("/idempotency_key_reused")
    assert program.get(f"/v1/orders/{other}").json["state"] == "held"


def test_a_cancellation_with_a_key_that_is_none_does_nothing(program: Program, wish: Any) -> None:
    placed = program.order(wish).json["id"]

    answer = program.post(f"/v1/orders/{placed}/cancellation", key="x" * 256)

    assert answer.json["type"].endswith("/idempotency_key_invalid")
    assert program.get(f"/v1/orders/{placed}").json["state"] == "held"


def test_a_mistake_of_ours_is_not_called_a_twin(
    program: Program, wish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise sa.exc.IntegrityError("INSERT", {}, Broken())

    monkeypatch.setattr("core.orders.serving.write", broken)

    answer = program.order(wish, key="k1")

    assert answer.status_code == 500
    assert answer.json["type"].endswith("/internal_error")


class Broken(Exception):
    sqlstate = "23505"


def _cancel(reference: str) -> None:
    orders.cancel(orders.get_by_reference(reference), reason="in a test")
