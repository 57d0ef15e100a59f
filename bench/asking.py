"""The benchmarks' requests, ready as bytes: each under a key and for a customer of its own."""

import json
import random
from collections.abc import Callable, Sequence
from itertools import count

from bench.resellers import OnSale

_numbers = count(1)
"""Of this whole run, so that no key or customer comes twice."""


def head(method: str, path: str, *, host: str, key: str) -> str:
    return (
        f"{method} {path} HTTP/1.1\r\n"
        f"Host: {host}\r\n"
        f"Authorization: Bearer {key}\r\n"
        "User-Agent: bench\r\n"
        "Accept: application/json\r\n"
    )


def empty_posts(*, host: str, key: str) -> Callable[[], bytes]:
    whole = head("POST", "/v1/empty", host=host, key=key) + "Content-Length: 0\r\n\r\n"
    request = whole.encode()
    return lambda: request


def orders(shows: Sequence[OnSale], *, host: str, key: str, seed: int) -> Callable[[], bytes]:
    """Of one ticket each, of any ticket type of these shows."""
    chance = random.Random(seed)
    offers = [(each.show, ticket_type) for each in shows for ticket_type in each.ticket_types]
    before = head("POST", "/v1/orders", host=host, key=key) + "Content-Type: application/json\r\n"

    def next_one() -> bytes:
        number = next(_numbers)
        show, ticket_type = chance.choice(offers)
        body = json.dumps(
            {
                "show": show,
                "items": [{"ticket_type": ticket_type, "quantity": 1}],
                "customer": {"email": f"buyer{number}@example.org", "name": f"Ada Buyer {number}"},
            }
        )
        named = f"Idempotency-Key: bench-{number:012}\r\nContent-Length: {len(body)}\r\n\r\n"
        return (before + named + body).encode()

    return next_one
