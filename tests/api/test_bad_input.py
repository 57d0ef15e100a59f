"""Whatever is sent: a problem with a status of the sender's, nothing placed, no 500."""

import json
from typing import Any

import pytest

from tests.api.conftest import Program, held

MALFORMED = {
    "empty": b"",
    "not JSON": b"{",
    "text behind it": b"{} {}",
    "an array": b"[]",
    "a string": b'"show"',
    "a number": b"1",
    "null": b"null",
    "not UTF-8": b'{"show": "\xff\xfe"}',
    "UTF-16": '{"show": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"show": NaN}',
    "Infinity": b'{"show": -Infinity}',
    "a name twice": b'{"show": "a", "show": "b"}',
    "a name twice, deep": b'{"items": [{"quantity": 1, "quantity": 2}]}',
    "NUL in a text": b'{"show": "a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000b": 1}',
    "raw NUL": b'{"show": "a\x00b"}',
    "half a surrogate pair": b'{"show": "\\ud800"}',
    "half a pair in a name": b'{"\\udfff": 1}',
    "nested deeply": b'{"items":' * 17 + b"1" + b"}" * 17,
    "nested very deeply": b'{"show":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of 10,000 digits": b'{"show": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_one_json_object_is_refused(program: Program, body: bytes) -> None:
    answer = program.order(body)

    assert answer.status_code == 400, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"].endswith("/malformed_json")


@pytest.mark.parametrize(
    "quantity",
    [0, -1, 10**9, 10**30, "2", 2.0, 1.5, True, None, [], {}, [2], 1e308],
    ids=repr,
)
def test_a_quantity_is_a_small_whole_number(
    program: Program, wish: Any, show: Any, quantity: Any
) -> None:
    answer = program.order({**wish, "items": [{**wish["items"][0], "quantity": quantity}]})

    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["field"] == "items.0.quantity"
    assert held(wish) == 0


def _changed(**changes: Any) -> Any:
    return lambda wish: {**wish, **changes}


WRONG = {
    "nothing": lambda _: {},
    "an unknown field": _changed(discount=100),
    "no items": _changed(items=[]),
    "too many items": lambda wish: {**wish, "items": wish["items"] * 21},
    "items of another kind": _changed(items="tickets"),
    "a show of another kind": _changed(show=7),
    "an endless show": _changed(show="x" * 10_000),
    "no customer": _changed(customer=None),
    "a customer without a name": _changed(customer={"email": "ada@example.org"}),
    "a blank name": _changed(customer={"email": "ada@example.org", "name": " "}),
    "a name of control characters": _changed(
        customer={"email": "a@example.org", "name": "\x1b\x07"}
    ),
    "no address": _changed(customer={"email": "ada", "name": "Ada"}),
    "an address with a line": _changed(
        customer={"email": "a@example.org\nBcc: b@example.org", "name": "Ada"}
    ),
    "a type of another kind": lambda wish: {
        **wish,
        "items": [{"ticket_type": ["x"], "quantity": 1}],
    },
    "an item with more": lambda wish: {**wish, "items": [{**wish["items"][0], "price": 1}]},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_is_refused(program: Program, wish: Any, show: Any, change: Any) -> None:
    answer = program.order(change(wish))

    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["field"]
    assert held(wish) == 0


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
def test_only_json_is_read(program: Program, wish: Any, content_type: str) -> None:
    answer = program.order(json.dumps(wish).encode(), headers={"Content-Type": content_type})

    assert answer.status_code == 415
    assert answer.mimetype == "application/problem+json"


def test_a_body_without_end_is_refused(program: Program, wish: Any) -> None:
    answer = program.order({**wish, "show": "x" * 300_000})

    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"


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
