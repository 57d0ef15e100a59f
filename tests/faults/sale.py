"""A sale over HTTP with stubborn buyers, and the reckoning of it afterwards.

Each buyer asks with an Idempotency-Key, and asks again under it until the answer is definite: an
order, or 'sold out'. When the servers break in between, that is all a buyer can do, and enough.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bench.resellers import OnSale, Reseller
from bench.stage import Stage
from tests.boxoffice.wishing import Wishes

TIMEOUT_SECONDS = 10.0
MOST_TRIES = 100
"""Under one key. With the pause, longer than any fault here lasts."""
PAUSE_SECONDS = 0.2
THINKING_SECONDS = 0.08
"""Between a buyer's orders, on average: the sale must last until the fault is over."""
STANDSTILL_SECONDS = 30.0
ENDING_SECONDS = 300.0
POLL_SECONDS = 0.01
MOST_GAPS = 5
PLACED, CONFLICT, LATER = 201, 409, 503


@dataclass(frozen=True)
class Answer:
    """A definite one, to a cart asked for under a key."""

    key: str
    body: bytes
    """What was sent."""
    status: int
    text: bytes
    at: float

    @property
    def order(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


@dataclass
class Sale:
    """So many buyers at once at one show, until nothing is left for any of them."""

    stage: Stage
    reseller: Reseller
    on_sale: OnSale
    seed: int
    buyers: int = 24
    answers: list[Answer] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    """Of every try, and what went wrong on the wire."""
    complaints: list[str] = field(default_factory=list)
    """What must not be: an answer nobody may get, or none after MOST_TRIES."""

    def __post_init__(self) -> None:
        self._threads = [
            threading.Thread(target=self._buy, args=[number], daemon=True)
            for number in range(self.buyers)
        ]
        self._lock = threading.Lock()
        self._is_closed = threading.Event()

    @property
    def placed(self) -> list[Answer]:
        return [each for each in list(self.answers) if each.status == PLACED]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def goes_on(self) -> bool:
        return any(each.is_alive() for each in self._threads)

    def wait_for_more(self, orders: int) -> None:
        """Until so many more have been placed, or all is sold."""
        enough, deadline = len(self.placed) + orders, time.monotonic() + STANDSTILL_SECONDS
        while len(self.placed) < enough and self.goes_on:
            assert time.monotonic() < deadline, ("a standstill", self.statuses, self.complaints)
            time.sleep(POLL_SECONDS)

    def end(self) -> None:
        """Until everybody has gone home."""
        deadline = time.monotonic() + ENDING_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._is_closed.set()
        assert not self.goes_on, ("they buy still", self.statuses, self.complaints)

    def close(self) -> None:
        """Whoever is through with an order goes home, whatever is left."""
        self._is_closed.set()
        self.end()

    def longest_gap_seconds(self) -> float:
        """Between two orders placed one after the other."""
        moments = sorted(each.at for each in self.placed)
        return max(later - earlier for earlier, later in pairwise(moments))

    def gaps(self) -> list[tuple[float, float]]:
        """The longest times without an order in seconds, and when each began."""
        moments = sorted(each.at for each in self.placed)
        gaps = ((later - earlier, earlier) for earlier, later in pairwise(moments))
        return sorted(gaps, reverse=True)[:MOST_GAPS]

    def ask(
        self, connection: http.client.HTTPConnection, key: str, body: bytes
    ) -> tuple[int, bytes]:
        """One try; raises OSError or HTTPException."""
        headers = {
            "Host": self.stage.api_host,
            "Authorization": f"Bearer {self.reseller.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        connection.request("POST", "/v1/orders", body, headers)
        response = connection.getresponse()
        text = response.read()
        if response.status == LATER and not response.headers.get("Retry-After"):
            self.complaints.append(f"503 without Retry-After: {text!r}")
        return response.status, text

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.stage.port, timeout=TIMEOUT_SECONDS)

    def _buy(self, number: int) -> None:
        chance = random.Random(f"{self.seed} {number}")
        connection = self.connect()
        wishes = Wishes(self.on_sale.ticket_types, chance)
        count = 0
        while wishes and not self._is_closed.is_set():
            count += 1
            cart = wishes.next()
            body = self._body(cart, f"buyer-{number}-{count}@example.org")
            answer = self._insist(connection, f"{self.on_sale.show}-{number}-{count}", body, chance)
            if answer is None:
                break
            if answer.status == CONFLICT:
                wishes.refuse(cart)
            else:
                wishes.grant()
            time.sleep(chance.uniform(0, 2 * THINKING_SECONDS))
        connection.close()

    def _body(self, cart: dict[str, int], email: str) -> bytes:
        items = [{"ticket_type": each, "quantity": count} for each, count in cart.items()]
        customer = {"email": email, "name": "Ada Lovelace"}
        return json.dumps(
            {"show": self.on_sale.show, "items": items, "customer": customer}
        ).encode()

    def _insist(
        self, connection: http.client.HTTPConnection, key: str, body: bytes, chance: random.Random
    ) -> Answer | None:
        """Ask until the answer is definite; None after MOST_TRIES, or for one nobody may get."""
        for _ in range(MOST_TRIES):
            try:
                status, text = self.ask(connection, key, body)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._count(type(error).__name__)
            else:
                self._count(str(status))
                if status == PLACED or _is_sold_out(status, text):
                    answer = Answer(key, body, status, text, time.monotonic())
                    self.answers.append(answer)
                    return answer
                if status != LATER:
                    self.complaints.append(f"{status}: {text!r}")
                    return None
            time.sleep(chance.uniform(0.5, 1.5) * PAUSE_SECONDS)
        self.complaints.append(f"no definite answer to {key}")
        return None

    def _count(self, what: str) -> None:
        with self._lock:
            self.statuses[what] += 1


def _is_sold_out(status: int, text: bytes) -> bool:
    return status == CONFLICT and json.loads(text)["type"].endswith("sold_out")
