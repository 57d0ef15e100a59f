"""One sandbox for all of these tests, behaving well again after each."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from tests.sandbox.running import Notice, Running, Shop, free_port


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    shop = Shop(free_port())

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with shop.changed:
                status = shop.answers.pop(0) if shop.answers else 200
                notice = Notice(
                    body, self.headers["Stripe-Signature"], self.headers["Host"], time.time()
                )
                shop.heard.append(notice)
                shop.changed.notify_all()
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", shop.port), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield shop
    server.shutdown()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Iterator[Running]:
    sandbox = Running(
        tmp_path_factory.mktemp("sandbox"), f"http://127.0.0.1:{shop.port}/stripe/notices"
    )
    sandbox.start()
    yield sandbox
    assert sandbox.stop() == 0


@pytest.fixture
def sandbox(running: Running, shop: Shop) -> Iterator[Running]:
    """The running sandbox, behaving well again afterwards."""
    yield running
    shop.answers.clear()
    running.control(
        "behaviour",
        latency_ms=0, fail_rate=0.0, fail_next=0, fail_after_next=0, rate_limit_next=0,
        payments_per_second=0,
        hang_next=0, hang_ms=60_000, duplicate_notices=0, delay_notices_ms=0,
        reorder_notices=False, drop_notices=0, later_seconds=60, pending_seconds=0, only="",
    )  # fmt: skip


@pytest.fixture
def client(sandbox: Running) -> stripe.StripeClient:
    return sandbox.stripe()


@pytest.fixture
def pay(client: stripe.StripeClient) -> Callable[..., stripe.PaymentIntent]:
    """Pay, from the server, with one of Stripe's named test cards."""

    def paying(card: str = "pm_card_visa", amount: int = 5_000, **more: Any) -> Any:
        return client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "eur",
                "automatic_payment_methods": {"enabled": True},
                "payment_method": card,
                "confirm": True,
                "return_url": "http://shop.localhost/orders/1",
                **more,
            }
        )

    return paying
