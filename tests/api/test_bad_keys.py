"""Under which key, by whom, and where: a problem of a known type, and nothing is written."""

from functools import partial
from typing import Any

import pytest

from tests.api.conftest import Program, customer, item, refused

NO_KEYS = [
    "two,of them",
    "x" * 256, "x" * 8000, "schlüssel", "ключ".encode().decode("latin-1"), "a\tb", "a\x7fb",
]  # fmt: skip
NOBODY = [
    "", "Bearer", "Bearer ", "Basic YTpi", "Bearer tts_test_nobody", "bearer x y", "Bearer \xff",
]  # fmt: skip


def test_what_is_too_long_or_not_to_be_printed_is_no_key(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    for key in NO_KEYS:
        with subtests.test(ascii(key[:20])):
            send = partial(program.post, "/v1/orders", wish, headers={"Idempotency-Key": key})

            refused(send, 400, "idempotency_key_invalid")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}], ids=["none", "empty"])
def test_no_order_goes_without_a_key(program: Program, wish: Any, headers: dict[str, str]) -> None:
    refused(
        lambda: program.post("/v1/orders", wish, headers=headers), 400, "idempotency_key_missing"
    )


def test_a_key_is_for_one_body(program: Program, wish: Any, show: Any) -> None:
    first = program.order(wish, key="k1")

    for other in (customer(wish, name="Grace"), item(wish, quantity=1), item(wish, quantity=9)):
        refused(partial(program.order, other, key="k1"), 422, "idempotency_key_reused")

    assert program.order(wish, key="k1").data == first.data


def test_a_key_whose_body_was_no_order_is_still_free(program: Program, wish: Any) -> None:
    refused(lambda: program.order(item(wish, quantity=0), key="k1"), 422, "invalid")

    assert program.order(wish, key="k1").status_code == 201


def test_nobody_places_no_order(stranger: Program, wish: Any, subtests: pytest.Subtests) -> None:
    for said in NOBODY:
        with subtests.test(said):
            send = partial(stranger.order, wish, headers={"Authorization": said})

            refused(send, 401, "unauthenticated")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_an_act_that_is_none_is_refused(program: Program, reseller: Any, method: str) -> None:
    refused(lambda: program.open(method, "/v1/orders", data=b"{}"), 405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/v1/orders/", "/V1/orders", "/v1/orders;x=1"])
def test_a_path_that_is_nearly_right_is_not_there(program: Program, wish: Any, path: str) -> None:
    refused(lambda: program.post(path, wish, key="k1"), 404, "not_found")
