"""A waiting room's line on the stage: joined by very many, and looked at."""

import json
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench import load
from bench.asking import HELLO
from bench.figures import Figures
from bench.stage import Stage
from bench.turns import Turn, over_http

PEOPLE = 100_000
LONGEST_JOINING_SECONDS = 240
"""For those who have not joined in the rounds, on the slowest machine."""
ASK_SECONDS = 10
FRESH_SECONDS = 1.5
"""What others know of a room is no older: who joined it, and whether it is open."""


def mark(it: Stage, *shows: str) -> None:
    """Let lines stand for these shows; when it is done, every process of the web server knows."""
    it.run("-m", "bench.marking", it.reseller.reference, *shows)
    time.sleep(FRESH_SECONDS)


@dataclass
class Line:
    """One line on the stage: how to join it, where its document is, and what people were told."""

    it: Stage
    next_request: Callable[[], bytes]
    path: str = ""
    """Of the document."""
    numbers: "array[int]" = field(default_factory=lambda: array("L"))

    def __post_init__(self) -> None:
        first = json.loads(ask(self.it.port, self.next_request()))
        self.numbers.append(first["number"])
        self.path = urlsplit(first["now_serving"]).path

    def joining(self, called: str) -> Turn:
        turn = over_http(
            called, self.it, self.it.web, self.next_request, fine={201}, heard=self.hear
        )
        if "redis" in self.it.servers:
            turn.pids["redis"] = self.it.redis.pid
        return turn

    def hear(self, _: bytes, status: int, body: bytes) -> None:
        if status == 201:
            begin = body.index(b'"number":') + 9
            self.numbers.append(int(body[begin : body.index(b",", begin)]))

    def fill(self) -> Figures:
        """Let people join until there are enough."""
        return load.run(
            self.it.port,
            self.next_request,
            seconds=LONGEST_JOINING_SECONDS,
            count=max(PEOPLE - len(self.numbers), 0),
            hello=HELLO,
            fine={201},
            heard=self.hear,
        )

    @property
    def host(self) -> str:
        return f"{self.it.reseller.slug}.localhost"

    def document(self) -> bytes:
        """From the application itself."""
        return ask(self.it.port, f"GET {self.path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())

    def asked_for(self) -> int:
        """How often the application was asked for the document so far, by its own log."""
        return self.it.web.log.read_bytes().count(f'"path": "{self.path}"'.encode())

    def problems(self, failed: int) -> list[str]:
        """Each number once, and none left out; of what failed nobody knows whether it has one."""
        time.sleep(FRESH_SECONDS)
        last = json.loads(self.document())["last"]
        count, given, highest = len(self.numbers), len(set(self.numbers)), max(self.numbers)
        if count == given and highest <= last and count <= last <= count + failed:
            return []
        return [
            f"{count} people joined ({failed} failed), with {given} numbers up to {highest}, and"
            f" the line says it is {last} long"
        ]


def ask(port: int, request: bytes) -> bytes:
    """The body of the answer to one request."""
    bodies: list[bytes] = []
    found = load.run(
        port,
        lambda: request,
        seconds=ASK_SECONDS,
        count=1,
        connections=1,
        heard=lambda _, __, body: bodies.append(body),
    )
    assert not found.errors, found
    return bodies[0]
