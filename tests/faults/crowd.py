"""Customers of a show with a waiting room, over HTTP: they join, wait, come in, and buy or do not.

Each is a thread that asks until it knows how it ended. What nobody may be told is a complaint.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from bench.resellers import OnSale, Reseller
from bench.stage import Stage

TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 0.7
"""On average; the product would like longer pauses, which a test has no time for."""
PAUSE_SECONDS = 0.5
THINKING_SECONDS = 0.7
MOST_TRIES = 400
"""Of one customer for one thing; with the pause, longer than any fault here lasts."""
AWAY = frozenset(
    {
        "waiting_room_away",
        "unavailable",
        "box_office_busy",
        "outcome_unknown",
        "payments_unavailable",
    }
)
"""What may be said with a 503."""


class Kind(StrEnum):
    BUYS = "buys"
    STAYS_AWAY = "stays away"
    """When it is called."""
    LETS_IT_RUN_OUT = "lets it run out"
    """The first pass; then it joins again, and buys."""
    CANCELS = "cancels"


class End(StrEnum):
    TICKETS = "tickets"
    SOLD_OUT = "sold out"
    STAYED_AWAY = "stayed away"
    CANCELLED = "cancelled"


KINDS = [Kind.BUYS] * 7 + [Kind.STAYS_AWAY, Kind.LETS_IT_RUN_OUT, Kind.CANCELS]


class Answer(dict[str, Any]):
    """JSON with its status; 0 where there was no answer."""

    status = 0

    @property
    def problem(self) -> str:
        return str(self.get("type", "")).rpartition("/")[2]


@dataclass
class Crowd:
    """All customers of one show, and what they were told."""

    stage: Stage
    reseller: Reseller
    on_sale: OnSale
    seed: int
    size: int
    early: int
    """So many gather before the sale; the others come in the course of `arriving_seconds`."""
    arriving_seconds: float
    fault: str = ""
    """What is broken at the moment."""
    answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By fault, what was asked for, and status."""
    complaints: list[str] = field(default_factory=list)
    numbers: dict[int, str] = field(default_factory=dict)
    """Whose number it is: the id of a place."""
    passes: dict[str, float] = field(default_factory=dict)
    """Until when the pass of a place is good, as its holder knows it (Unix time)."""
    orders: dict[str, str] = field(default_factory=dict)
    """Order by place, as people were told."""
    placed_at: list[tuple[str, float]] = field(default_factory=list)
    """Fault and moment of each order."""
    buying: set[str] = field(default_factory=set)
    """Places whose holders are about to order."""

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.has_begun = threading.Event()
        self.has_ended = threading.Event()
        self.customers = [Customer(self, number) for number in range(self.size)]
        self._threads = [threading.Thread(target=each.run, daemon=True) for each in self.customers]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def goes_on(self) -> bool:
        return any(each.is_alive() for each in self._threads)

    def wait(self, seconds: float) -> None:
        """Until everybody has gone home."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self.has_ended.set()

    def ends(self) -> Counter[str]:
        return Counter(each.end or "still there" for each in self.customers)

    def complain(self, who: str, what: object) -> None:
        self.complaints.append(f"{self.fault or 'all is well'}: {who}: {what}")

    def note(self, what: str, answer: Answer) -> None:
        with self.lock:
            self.answers[self.fault, what, answer.status] += 1
        if answer.status == 500 or (answer.status == 503 and answer.problem not in AWAY):
            self.complain(what, dict(answer))

    def own(self, number: int, place: str) -> None:
        with self.lock:
            if self.numbers.setdefault(number, place) != place:
                self.complain(place, f"has number {number} of {self.numbers[number]}")


class Asker:
    """Somebody with a connection."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", crowd.stage.port, timeout=TIMEOUT_SECONDS
        )

    def ask(self, what: str, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        headers = {
            "Host": self.crowd.stage.api_host,
            "Authorization": f"Bearer {self.crowd.reseller.key}",
            **({"Content-Type": "application/json"} if body is not None else {}),
            **({"Idempotency-Key": key} if key else {}),
        }
        answer = Answer()
        try:
            sent = json.dumps(body).encode() if body is not None else None
            self._connection.request(method, path, sent, headers)
            response = self._connection.getresponse()
            answer.status, text = response.status, response.read()
            answer.update(json.loads(text))
        except (OSError, http.client.HTTPException):
            answer.status = 0
            self._connection.close()
        except ValueError:
            self.crowd.complain(what, f"no JSON: {answer.status} {response.headers} {text[:500]!r}")
        self.crowd.note(what, answer)
        return answer

    def now_serving(self) -> Answer:
        return self.ask("now serving", "GET", f"/v1/shows/{self.crowd.on_sale.show}/now-serving")

    def join(self, email: str, token: str | None) -> Answer:
        body = {"customer": {"email": email}, "token": token}
        return self.ask("join", "POST", f"/v1/shows/{self.crowd.on_sale.show}/places", body)

    def close(self) -> None:
        self._connection.close()


class Customer(Asker):
    def __init__(self, crowd: Crowd, number: int) -> None:
        super().__init__(crowd)
        self.chance = random.Random(f"{crowd.seed} {number}")
        self.email = f"customer-{number}@example.org"
        self.is_early = number < crowd.early
        self.kind = self.chance.choice(KINDS)
        self.is_careless = self.is_early and number % 5 == 0
        """Was drawn, and keeps no token."""
        self.end: End | None = None
        self.place = Answer()
        self.first_numbers: dict[str, int] = {}
        self.epoch = ""

    @property
    def token(self) -> str | None:
        is_first = len(self.first_numbers) <= 1
        return None if self.is_careless and is_first else self.place.get("token")

    def run(self) -> None:
        if not self.is_early:
            self.crowd.has_begun.wait()
            self.pause(self.crowd.arriving_seconds)
        try:
            while self.end is None and not self.crowd.has_ended.is_set():
                self.step()
        except Exception as error:
            self.crowd.complain(self.email, repr(error))
        self.close()

    def step(self) -> None:
        if not self.place or self.place["state"] == "expired":
            self.note(self.join(self.email, self.token))
            self.pause(PAUSE_SECONDS)
        elif self.place["pass"]:
            self.come_in()
        else:
            self.pause(POLL_SECONDS)
            seen = self.now_serving()
            if seen.status != 200:
                return
            if seen["has_sold_out"]:
                self.end = End.SOLD_OUT
            elif self.must_look(seen):
                self.look()
                self.epoch = seen["epoch"]

    def must_look(self, seen: Answer) -> bool:
        number = self.place["number"]
        is_called = number is not None and seen["serving"] >= number
        if is_called and self.kind is Kind.STAYS_AWAY:
            self.end = End.STAYED_AWAY
        return number is None or is_called or seen["epoch"] != self.epoch

    def look(self) -> None:
        query = f"?token={quote(self.token)}" if self.token else ""
        seen = self.ask("place", "GET", f"/v1/places/{self.place['id']}{query}")
        if seen.status == 404:
            if self.token:
                self.crowd.complain(self.email, f"lost, with a token: {self.place}")
            self.place = Answer()  # joins again
        else:
            self.note(seen)

    def note(self, seen: Answer) -> None:
        if seen.status not in {200, 201}:
            if seen.status not in {0, 503}:
                self.crowd.complain(self.email, dict(seen))
            return
        self.place = seen
        number, place = seen["number"], seen["id"]
        if number is not None:
            self.crowd.own(number, place)
            first = self.first_numbers.setdefault(place, number)
            if first != number:
                self.crowd.complain(self.email, f"had number {first}, has {number}: {dict(seen)}")
        if seen["pass"]:
            until = datetime.fromisoformat(seen["pass_expires_at"]).timestamp()
            self.crowd.passes[place] = until
        if seen["state"] == "used":
            self.crowd.complain(self.email, f"has bought nothing: {dict(seen)}")
            self.end = End.STAYED_AWAY

    def come_in(self) -> None:
        if self.kind is Kind.LETS_IT_RUN_OUT:
            self.kind = Kind.BUYS
            until = self.crowd.passes[self.place["id"]]
            self.crowd.has_ended.wait(max(0.0, until - time.time()) + 0.1)
            self.look()
            return
        self.crowd.buying.add(self.place["id"])
        self.pause(THINKING_SECONDS)
        self.order()
        self.crowd.buying.discard(self.place["id"])

    def order(self) -> None:
        body = {
            "show": self.crowd.on_sale.show,
            "items": [{"ticket_type": self.crowd.on_sale.ticket_types[0], "quantity": 1}],
            "customer": {"email": self.email, "name": "Ada Lovelace"},
            "pass": self.place["pass"],
        }
        key = f"{self.place['id']}-{self.crowd.passes[self.place['id']]}"
        for _ in range(MOST_TRIES):
            answer = self.ask("order", "POST", "/v1/orders", body, key)
            if answer.status not in {0, 503}:
                break
            self.pause(PAUSE_SECONDS)
        if answer.status == 201:
            self.has(answer["id"])
        elif answer.problem == "sold_out":
            self.end = End.SOLD_OUT
        elif answer.problem == "pass_expired":
            self.look()
        else:
            self.crowd.complain(self.email, dict(answer))
            self.end = End.STAYED_AWAY

    def has(self, order: str) -> None:
        self.crowd.orders[self.place["id"]] = order
        self.crowd.placed_at.append((self.crowd.fault, time.monotonic()))
        self.end = End.TICKETS
        if self.kind is Kind.CANCELS:
            for _ in range(MOST_TRIES):
                answer = self.ask("cancel", "POST", f"/v1/orders/{order}/cancellation", {})
                if answer.status not in {0, 503}:
                    break
                self.pause(PAUSE_SECONDS)
            self.end = End.CANCELLED if answer.status == 200 else End.TICKETS  # paid already

    def pause(self, seconds: float) -> None:
        self.crowd.has_ended.wait(seconds * self.chance.uniform(0.5, 1.5))
