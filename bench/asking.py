"""The benchmarks' requests, ready as bytes: each under a key and for a customer of its own."""

import json
import random
from collections.abc import Callable, Sequence
from itertools import count

from bench.resellers import OnSale

HELLO = b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"
"""Answered before anybody looks whose host it is."""

_numbers = count(1)
"""Of this whole run, so that no key or customer comes twice."""


class Api:
    """Requests at the API's door, by one API key."""

    def __init__(self, host: str, key: str) -> None:
        self.rest = (
            f"Host: {host}\r\n"
            f"Authorization: Bearer {key}\r\n"
            "User-Agent: bench\r\n"
            "Accept: application/json\r\n"
        )

    def empty_post(self) -> bytes:
        """To the route of bench.serving."""
        return f"POST /v1/empty HTTP/1.1\r\n{self.rest}Content-Length: 0\r\n\r\n".encode()

    def order(self, show: str, ticket_type: str, *, email: str, name: str, once: str) -> bytes:
        """One ticket, under the Idempotency-Key `once`."""
        body = json.dumps(
            {
                "show": show,
                "items": [{"ticket_type": ticket_type, "quantity": 1}],
                "customer": {"email": email, "name": name},
            }
        )
        return (
            f"POST /v1/orders HTTP/1.1\r\n{self.rest}"
            f"Content-Type: application/json\r\nIdempotency-Key: {once}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def orders(self, shows: Sequence[OnSale], *, seed: int) -> Callable[[], bytes]:
        """One after the other, each of any ticket type of these shows, by somebody else."""
        chance = random.Random(seed)
        offers = [(each.show, ticket_type) for each in shows for ticket_type in each.ticket_types]

        def next_one() -> bytes:
            number = next(_numbers)
            return self.order(
                *chance.choice(offers),
                email=f"buyer{number}@example.org",
                name=f"Ada Buyer {number}",
                once=f"bench-{number:012}",
            )

        return next_one
