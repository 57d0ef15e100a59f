"""Whatever is sent: a problem with a status of the sender's, no 500. Orders: test_bad_orders.py."""

from typing import Any

import pytest

from tests.api.conftest import Program


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=two",
        "limit=2.5",
        "limit=" + "9" * 5000,
        "limit=%00",
        "after=",
        "after=%00",
        "after=%F0%9F%8E%AB",
        "after=' OR 1=1",
        "after=ord_" + "0" * 26,
        "after=" + "a" * 4000,
        "limit=1&limit=2",
        "sort=name",
    ],
)
@pytest.mark.parametrize("path", ["/v1/orders", "/v1/shows"])
def test_a_query_that_does_not_fit_is_refused(program: Program, path: str, query: str) -> None:
    answer = program.get(f"{path}?{query}")

    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/v1/orders/x", "/v1/orders/%00", "/v1/orders/%ed%a0%80", "/v1/shows/..%2f..%2fetc"]
)
def test_an_id_that_is_none_is_missing(program: Program, path: str) -> None:
    assert program.get(path).status_code == 404


def test_a_method_that_is_not_there_is_a_problem(program: Program) -> None:
    answer = program.open("DELETE", "/v1/orders")

    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")


def test_acts_without_a_body_take_none(program: Program, order: Any) -> None:
    for body in (b"[]", b'{"why": 1}', b"\x00"):
        assert program.post(f"/v1/orders/{order.reference}/cancellation", body).status_code == 400
    assert program.post(f"/v1/orders/{order.reference}/cancellation", b"{}").status_code == 200
