"""kill -9 at each step of a purchase: in the end paid with tickets and a letter, or not charged."""

import base64
import json
import re
import time
import urllib.error
import urllib.request
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from tests.journeys import shopping
from tests.journeys.conftest import Stack, is_everything_handled, until

pytestmark = pytest.mark.journey

SECONDS_FOR_ALL_STEPS = 420
TRIES = 12
PAUSE_SECONDS = 0.5
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

OF_THE_HOLD = ("till.", "orders.")
IN_THE_WEB = [
    "orders.drawn",
    "orders.stock_taken",
    "orders.written",
    "till.before_commit",
    "till.after_commit",
    "payments.before_intent",
    "payments.after_intent",
    "notices.before_keeping",
    "notices.after_keeping",
]
IN_THE_RELAY = ["relay.before_enqueue"]
IN_A_WORKER = [
    "payments.before_settling",
    "payments.after_settling",
    "jobs.after_act_on_notice",
    "documents.before_keep",
    "documents.after_keep",
    "jobs.after_print_documents",
    "mail.before_send",
    "mail.after_send",
    "jobs.after_confirm_order",
]


class Answer(NamedTuple):
    status: int
    text: str
    place: str
    again_seconds: float
    """After how long to try again what did not work."""


class Shopper:
    """A stubborn customer: whatever breaks, it tries again, as a browser's reload would."""

    def __init__(self, stack: Stack, slug: str, email: str) -> None:
        self.stack, self.slug, self.email = stack, slug, email
        self.host = f"{slug}.localhost:{stack.port}"
        self.cookies: dict[str, str] = {}

    def open(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        """Tried again while nobody answers."""
        for attempt in range(TRIES):
            try:
                return self._open(method, path, fields)
            except (OSError, urllib.error.URLError):
                assert attempt < TRIES - 1
                time.sleep(PAUSE_SECONDS)
        raise AssertionError

    def _open(self, method: str, path: str, fields: dict[str, str] | None) -> Answer:
        from http.client import HTTPConnection

        connection = HTTPConnection("127.0.0.1", self.stack.port, timeout=20)
        headers = {
            "Host": self.host,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        text = answer.read().decode()
        connection.close()
        again_seconds = float(answer.headers.get("Retry-After", PAUSE_SECONDS))
        return Answer(answer.status, text, answer.headers.get("Location", ""), again_seconds)

    def post(self, path: str, seen_on: str, **fields: str) -> str:
        for _ in range(TRIES):
            found = TOKEN.search(self.open("GET", seen_on).text)
            if found is None:  # the page has moved on: it was done before the answer was lost
                return seen_on
            answer = self.open("POST", path, {"csrf_token": found.group(1), **fields})
            if answer.status in (302, 303):
                return answer.place
            assert answer.status in (503, 409), answer.text
            time.sleep(answer.again_seconds)
        raise AssertionError(path)

    def hold(self, show: str) -> str:
        page = f"/shows/{show}"
        name = re.search(r'name="(quantity-tty_[0-9a-z]+)"', self.open("GET", page).text)
        assert name
        place = self.post(f"{page}/orders", page, **{name.group(1): "2"})
        return place.split("/")[2]

    def pay(self, reference: str) -> None:
        """Give the details, and confirm the intent at Stripe as its form would."""
        base = f"/orders/{reference}"
        self.post(f"{base}/customer", f"{base}/payment?step=details", name="Kay", email=self.email)
        for _ in range(TRIES):
            text = self.open("GET", f"{base}/payment").text
            secret = re.search(r'data-client-secret="([^"]+)"', text)
            if secret:
                break
            told = re.search(r'http-equiv="refresh" content="(\d+)', text)
            time.sleep(int(told.group(1)) if told else 0)
            self.post(f"{base}/payment", f"{base}/payment")
        assert secret, text
        intent = secret.group(1).partition("_secret_")[0]
        demo = self.stack.demo["stripe"]
        key = base64.b64encode(f"{demo['publishable_key']}:".encode()).decode()
        request = urllib.request.Request(
            f"{demo['sandbox_base_url'].replace('localhost', '127.0.0.1')}"
            f"/v1/payment_intents/{intent}/confirm",
            data=urlencode(
                {"client_secret": secret.group(1), "payment_method": "pm_card_visa"}
            ).encode(),
            headers={"Authorization": f"Basic {key}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert json.load(answer)["status"] == "succeeded"


def ending(stack: Stack, slug: str, reference: str) -> dict[str, Any]:
    row = stack.query(
        slug,
        "SELECT o.state,"
        " (SELECT count(*) FROM tickets t WHERE t.order_id = o.id AND t.state = 'valid'),"
        " (SELECT count(*) FROM documents d WHERE d.order_id = o.id),"
        " (SELECT count(*) FROM payments p WHERE p.order_id = o.id AND p.state = 'succeeded'),"
        " (SELECT count(*) FROM entries e WHERE e.order_id = o.id AND e.source LIKE 'sale %%')"
        " FROM orders o WHERE o.reference = %s",
        reference,
    )[0]
    return dict(zip(("state", "tickets", "documents", "payments", "sales"), row, strict=True))


@pytest.mark.timeout(SECONDS_FOR_ALL_STEPS)
def test_a_process_that_dies_at_any_step(stack: Stack):
    """One purchase a step, and at each step the process that gets there dies."""
    slug, purchases = "lindenhof", {}
    for failpoint in [*IN_THE_WEB, *IN_THE_RELAY, *IN_A_WORKER]:
        email = f"{failpoint.replace('_', '-')}@example.org"
        shopper = Shopper(stack, slug, email)
        is_of_the_hold = failpoint.startswith(OF_THE_HOLD)
        show = shopping.bookable(stack, slug)
        armed = stack.arm(failpoint) if is_of_the_hold else None
        reference = shopper.hold(show)
        armed = armed or stack.arm(failpoint)
        shopper.pay(reference)
        until(lambda gone=armed: not gone.exists(), seconds=60)
        purchases[failpoint] = (reference, email)

    for _, email in purchases.values():
        until(lambda to=email: stack.letters(to), seconds=120)
    until(lambda: is_everything_handled(stack, slug), seconds=120)

    ended = {
        failpoint: {**ending(stack, slug, reference), "letters": len(stack.letters(email))}
        for failpoint, (reference, email) in purchases.items()
    }
    well = {
        "state": "paid",
        "tickets": 2,
        "documents": 2,
        "payments": 1,
        "sales": 1,
        "letters": 1,
    }
    assert {failpoint: how for failpoint, how in ended.items() if how != well} == {}


@pytest.mark.parametrize("name", ["web", "relay", "worker-payments", "worker-mail", "sandbox"])
def test_a_whole_program_that_dies_comes_back(stack: Stack, name: str):
    slug = "basement"
    email = f"kill-{name}@example.org"
    shopper = Shopper(stack, slug, email)
    reference = shopper.hold(shopping.bookable(stack, slug))
    before = stack.children()[name]
    stack.kill(name)
    until(lambda: stack.children().get(name) not in (None, before), seconds=20)

    until(
        lambda: stack.get("127.0.0.1", "/readyz")[0] == 200 if alive(stack) else False, seconds=30
    )
    if name == "sandbox":
        until(lambda: sandbox_answers(stack), seconds=20)
    shopper.pay(reference)

    until(lambda: len(stack.letters(email)) == 1, seconds=90)
    assert ending(stack, slug, reference)["state"] == "paid"


def test_an_order_that_was_not_paid_is_not_charged(stack: Stack):
    slug = "basement"
    shopper = Shopper(stack, slug, "never@example.org")
    reference = shopper.hold(shopping.bookable(stack, slug))
    stack.query(slug, "UPDATE orders SET expires_at = now() WHERE reference = %s", reference)

    until(lambda: ending(stack, slug, reference)["state"] == "expired", seconds=30)
    assert ending(stack, slug, reference)["payments"] == 0


def alive(stack: Stack) -> bool:
    try:
        return stack.get("127.0.0.1", "/healthz")[0] == 200
    except OSError:
        return False


def sandbox_answers(stack: Stack) -> bool:
    url = stack.demo["stripe"]["sandbox_base_url"].replace("localhost", "127.0.0.1")
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
