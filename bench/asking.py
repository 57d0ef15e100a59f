"""The benchmarks' requests, ready as bytes: each under a key and for a customer of its own."""

import json
import random
from collections.abc import Callable, Sequence
from itertools import count

from bench.resellers import OnSale

HELLO = b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"
"""Answered before anybody looks whose host it is."""

SOME_NUMBER = "987654321"
"""Stands for the others, which are as long: so a request is only filled in, not written anew."""
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
        patterns = [
            self.order(
                each.show,
                ticket_type,
                email=f"buyer{SOME_NUMBER}@example.org",
                name=f"Ada Buyer {SOME_NUMBER}",
                once=f"bench-{SOME_NUMBER}",
            ).replace(SOME_NUMBER.encode(), b"%(number)09d")
            for each in shows
            for ticket_type in each.ticket_types
        ]
        return lambda: chance.choice(patterns) % {b"number": next(_numbers)}

    def place(self, show: str, *, email: str) -> bytes:
        """In the waiting room of a show."""
        body = json.dumps({"customer": {"email": email}})
        return (
            f"POST /v1/shows/{show}/places HTTP/1.1\r\n{self.rest}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def places(self, show: str) -> Callable[[], bytes]:
        """One after the other, each of somebody else."""
        pattern = self.place(show, email=f"buyer{SOME_NUMBER}@example.org").replace(
            SOME_NUMBER.encode(), b"%(number)09d"
        )
        return lambda: pattern % {b"number": next(_numbers)}
