"""Bodies that are no JSON object: a problem of a known type, and nothing is written."""

import json
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from core.web.doors import MAX_BODY_BYTES
from tests.api import corpus
from tests.api.conftest import Program, customer, refused

LONGEST_SECONDS = 1.0
"""Of the processor, for one request."""


def test_what_is_not_one_json_object_is_refused(
    program: Program, subtests: pytest.Subtests
) -> None:
    for name, body in corpus.MALFORMED.items():
        with subtests.test(name):
            refused(partial(program.order, body), 400, "malformed_json")


def test_what_does_not_say_that_it_is_json_in_utf_8_is_not_read(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    body = json.dumps(wish).encode()
    for media_type in corpus.MEDIA_TYPES:
        with subtests.test(media_type):
            send = partial(program.order, body, headers={"Content-Type": media_type})

            refused(send, 415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["application/json; charset=UTF-8", "Application/JSON"])
def test_what_says_so_in_other_words_is_read(program: Program, wish: Any, media_type: str) -> None:
    headers = {"Content-Type": media_type, "Content-Encoding": "identity"}

    assert program.order(json.dumps(wish).encode(), headers=headers).status_code == 201


def test_a_form_without_end_is_not_read(program: Program) -> None:
    body = corpus.MULTIPART_WITHOUT_END
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    refused(lambda: program.order(body, headers=headers), 415, "unsupported_media_type")


def test_nothing_is_unpacked(program: Program, wish: Any, subtests: pytest.Subtests) -> None:
    for coding in ("gzip", "deflate", "br", "gzip, gzip", "x-gzip", "nonsense"):
        for body in (corpus.gzip_bomb(), json.dumps(wish).encode()):
            with subtests.test(coding, length=len(body)):
                send = partial(program.order, body, headers={"Content-Encoding": coding})

                refused(send, 415, "unsupported_media_type")


def test_a_bomb_that_says_it_is_none_is_no_json(program: Program) -> None:
    refused(lambda: program.order(corpus.gzip_bomb()), 400, "malformed_json")


@pytest.mark.parametrize("excess", [1, 1_000_000])
def test_a_body_that_is_too_large_is_refused(program: Program, wish: Any, excess: int) -> None:
    body = json.dumps(wish).encode()
    padded = body + b" " * (MAX_BODY_BYTES - len(body) + excess)

    refused(lambda: program.order(padded), 413, "too_large")


def test_a_body_as_large_as_may_be_is_read(program: Program, wish: Any) -> None:
    body = json.dumps(wish).encode()

    assert program.order(body + b" " * (MAX_BODY_BYTES - len(body))).status_code == 201


def test_a_name_of_a_million_characters_is_too_large(program: Program, wish: Any) -> None:
    refused(lambda: program.order(customer(wish, name="x" * 10**6)), 413, "too_large")


def test_a_body_in_pieces_that_is_too_large_is_refused(program: Program, wish: Any) -> None:
    body = json.dumps(wish).encode() + b" " * MAX_BODY_BYTES

    refused(lambda: in_pieces(program, body), 413, "too_large")


def test_a_body_in_pieces_is_read(program: Program, wish: Any) -> None:
    assert in_pieces(program, json.dumps(wish).encode()).status_code == 201


def in_pieces(program: Program, body: bytes) -> TestResponse:
    """As gunicorn passes on what comes with Transfer-Encoding: chunked."""
    environ = {
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": "pieces"}
    return program.open("POST", "/v1/orders", headers=headers, environ_overrides=environ)


def test_no_body_keeps_us_busy_for_long(program: Program, wish: Any) -> None:
    sent: list[Callable[[], TestResponse]] = [
        partial(program.order, corpus.MALFORMED["nested very deeply"]),
        partial(program.order, b'{"show": "' + b"x" * 250_000 + b'"}'),
        partial(program.order, customer(wish, email="a@" + "." * 250)),
        partial(program.order, {**wish, "items": [{} for _ in range(60_000)]}),
        partial(program.order, {f"field {number}": 1 for number in range(15_000)}),
    ]
    for each in sent:
        began = time.process_time()
        assert each().status_code in {400, 422}
        assert time.process_time() - began < LONGEST_SECONDS
