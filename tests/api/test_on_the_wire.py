"""Requests that no library would send, to the real web server: refused, and nothing is written.

What is no HTTP the web server refuses by itself, so only what is one is answered by a problem.
"""

import json
import socket
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from bench import stage
from bench.stage import Stage
from core.web.doors import MAX_BODY_BYTES
from tests import untouched
from tests.api import corpus

ANSWER_SECONDS = 10
MOST_BYTES = 1_000_000
NO_SUCH_CODING = 501
"""What RFC 9112 wants for a transfer coding that is not known."""


class Answer(NamedTuple):
    status: int | None
    """None if the connection was closed without a word."""
    body: bytes


@pytest.fixture(scope="module")
def it() -> Iterator[Stage]:
    with stage.open(capacity=100) as opened:
        yield opened


@pytest.fixture
def send(it: Stage) -> Callable[[bytes], Answer]:
    """Send bytes, say that there are no more, and read what comes back until it ends."""

    def send(request: bytes) -> Answer:
        with socket.create_connection(("127.0.0.1", it.port), ANSWER_SECONDS) as connection:
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before we were done
            return _answer(connection)

    return send


def _answer(connection: socket.socket) -> Answer:
    received = b""
    try:
        while len(received) < MOST_BYTES and (piece := connection.recv(65536)):
            received += piece
    except ConnectionResetError:
        pass  # what we sent was not read to its end
    head, _, body = received.partition(b"\r\n\r\n")
    return Answer(int(head.split(b" ", 2)[1]) if head else None, body)


def wish(it: Stage) -> bytes:
    (show,) = it.reseller.shows
    return json.dumps(
        {
            "show": show.show,
            "items": [{"ticket_type": show.ticket_types[0], "quantity": 1}],
            "customer": {"email": "ada@example.org", "name": "Ada"},
        }
    ).encode()


def post(it: Stage, body: bytes, *headers: str, key: str = "k") -> bytes:
    """An order; with what headers say of its length."""
    lines = [
        "POST /v1/orders HTTP/1.1",
        f"Host: {it.api_host}",
        f"Authorization: Bearer {it.reseller.key}",
        "Content-Type: application/json",
        "Connection: close",
        *([f"Idempotency-Key: {key}"] if key else []),
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def chunked(body: bytes, size: int = 100) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in [*pieces, b""])


def written(it: Stage) -> untouched.Contents:
    with it.connected() as connection:
        rows = connection.execute(untouched.question().encode()).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}


def test_a_body_comes_whole_or_in_pieces(it: Stage, send: Callable[[bytes], Answer]) -> None:
    body = wish(it)

    whole = send(post(it, body, length(body), key="whole"))
    pieces = send(post(it, chunked(body), "Transfer-Encoding: chunked", key="pieces"))

    assert (whole.status, pieces.status) == (201, 201), (whole, pieces)


def test_who_asks_before_sending_is_told_to_go_on(
    it: Stage, send: Callable[[bytes], Answer]
) -> None:
    body = wish(it)

    answer = send(post(it, body, length(body), "Expect: 100-continue", key="expecting"))

    assert answer.status == 100
    assert answer.body.startswith(b"HTTP/1.1 201 "), answer


def test_what_is_no_http_or_says_two_things_is_refused(
    it: Stage, send: Callable[[bytes], Answer], subtests: pytest.Subtests
) -> None:
    body = wish(it)
    in_pieces = chunked(body)
    requests = {
        "coded otherwise": post(it, in_pieces, "Transfer-Encoding: gzip"),
        "coded twice": post(it, in_pieces, "Transfer-Encoding: chunked, chunked"),
        "coded and then not": post(it, in_pieces, "Transfer-Encoding: chunked, identity"),
        "nearly coded": post(it, in_pieces, "Transfer-Encoding: xchunked"),
        "coded in quotes": post(it, in_pieces, 'Transfer-Encoding: "chunked"'),
        "a blank before the colon": post(it, in_pieces, "Transfer-Encoding : chunked"),
        "a line that goes on": post(it, in_pieces, "Transfer-Encoding:\r\n chunked"),
        "both lengths": post(it, in_pieces, "Transfer-Encoding: chunked", length(body)),
        "both, the other way": post(it, in_pieces, length(in_pieces), "Transfer-Encoding: chunked"),
        "pieces in HTTP/1.0": post(it, in_pieces, "Transfer-Encoding: chunked").replace(
            b"HTTP/1.1", b"HTTP/1.0"
        ),
        "a piece of no size": post(it, b"zz\r\nxx\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        "a piece of less than none": post(it, b"-1\r\nx\r\n", "Transfer-Encoding: chunked"),
        "a piece without end": post(it, b"ffffffff\r\n" + body, "Transfer-Encoding: chunked"),
        "pieces without end": post(it, in_pieces[:-5], "Transfer-Encoding: chunked"),
        "two lengths": post(it, body, length(body), "Content-Length: 5"),
        "a length below zero": post(it, body, "Content-Length: -1"),
        "a length with a sign": post(it, body, f"Content-Length: +{len(body)}"),
        "a length that is none": post(it, body, "Content-Length: many"),
        "less than was promised": post(it, body, f"Content-Length: {len(body) + 10}"),
        "half of it": post(it, body, f"Content-Length: {len(body) // 2}"),
        "no length": post(it, body),
        "a form without end": post(
            it, corpus.MULTIPART_WITHOUT_END, "Content-Length: 100000"
        ).replace(b"application/json", b"multipart/form-data; boundary=x"),
        "a bomb": post(
            it, corpus.gzip_bomb(), length(corpus.gzip_bomb()), "Content-Encoding: gzip"
        ),
        "a header without end": post(it, body, length(body), "X-Long: " + "x" * 100_000),
        "very many headers": post(it, body, length(body), *["X-Many: x"] * 500),
        "NUL in a header": post(it, body, length(body), "X-Odd: a\0b"),
        "a key with NUL": post(it, body, length(body), key="a\0b"),
        "a key of other letters": post(it, body, length(body), key="schl\xfcssel"),
        "no key": post(it, body, length(body), key=""),
        "two hosts": post(it, body, length(body), "Host: api.localhost"),
        "no host": post(it, body, length(body)).replace(b"Host:", b"X-Host:"),
        "no version": post(it, body, length(body)).replace(b" HTTP/1.1", b""),
        "a method that is none": post(it, body, length(body)).replace(b"POST", b"POST\x01"),
        "nothing": b"\r\n\r\n",
    }
    for name, request in requests.items():
        with subtests.test(name):
            before = written(it)

            answer = send(request)

            is_refused = answer.status is None or 400 <= answer.status < 500
            assert is_refused or answer.status == NO_SUCH_CODING, answer
            assert written(it) == before


def test_a_body_in_pieces_has_a_limit_too(it: Stage, send: Callable[[bytes], Answer]) -> None:
    before = written(it)
    body = chunked(wish(it) + b" " * MAX_BODY_BYTES, 10_000)

    answer = send(post(it, body, "Transfer-Encoding: chunked"))

    assert answer.status == 413
    assert json.loads(answer.body)["type"].endswith("/too_large")
    assert written(it) == before
