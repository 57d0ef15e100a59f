"""Orders over HTTP, one at a time."""

import json

from bench import load
from bench.asking import Api
from bench.stage import Stage

LONGEST_SECONDS = 20


def ask(it: Stage, request: bytes) -> tuple[int, bytes]:
    heard: list[tuple[int, bytes]] = []
    load.run(
        it.port, lambda: request, seconds=LONGEST_SECONDS, count=1, connections=1,
        heard=lambda _, status, body: heard.append((status, body)),
    )  # fmt: skip
    (answer,) = heard
    return answer


def order(it: Stage, once: str, email: str = "ada@example.org") -> tuple[int, dict]:
    offer = it.reseller.shows[0]
    request = Api(it.api_host, it.reseller.key).order(
        offer.show, offer.ticket_types[0], email=email, name="Ada Lovelace", once=once
    )
    status, body = ask(it, request)
    return status, json.loads(body)
