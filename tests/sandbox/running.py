"""A sandbox in a process of its own, and a shop that hears its notices."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import stripe

CHECKOUT = Path(__file__).parents[2]
SECRET_KEY = "sk_test_thesandboxsownkey"
PUBLISHABLE_KEY = "pk_test_thesandboxsownkey"
WEBHOOK_SECRET = "whsec_thesandboxssecret"
WEBHOOK_HOST = "api.localhost:8000"
START_SECONDS = 10
HEARD_SECONDS = 8


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Notice:
    body: bytes
    signature: str
    host: str
    at: float

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Shop:
    """What hears the notices; `answers` are given first, then 200."""

    port: int
    heard: list[Notice] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def kinds(self, about: str) -> list[str]:
        """Types of the events about an object, in the order they came."""
        return [
            notice.event["type"]
            for notice in list(self.heard)
            if about in json.dumps(notice.event["data"]["object"])
        ]

    def wait(self, is_so: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_so, HEARD_SECONDS), [
                notice.event["type"] for notice in self.heard
            ]

    def waits_for(self, kind: str, about: str) -> None:
        self.wait(lambda: kind in self.kinds(about))


@dataclass
class Running:
    """One sandbox process."""

    folder: Path
    webhook_url: str | None = None
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        webhook = ["--webhook-url", self.webhook_url] if self.webhook_url else []
        return [
            sys.executable, "-m", "sandbox", "--port", str(self.port),
            "--smtp-port", str(self.smtp_port), "--data", str(self.folder),
            "--secret-key", SECRET_KEY, "--publishable-key", PUBLISHABLE_KEY,
            "--webhook-secret", WEBHOOK_SECRET, "--webhook-host", WEBHOOK_HOST, *webhook,
        ]  # fmt: skip

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command(), cwd=CHECKOUT, text=True, stdout=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                assert self.process.poll() is None, "the sandbox ended at once"
                time.sleep(0.02)
        pytest.fail("the sandbox did not start")

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=5)

    def control(self, path: str, **wanted: object) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/sandbox/{path}",
            json.dumps(wanted).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def stripe(self, key: str = SECRET_KEY, *, timeout_seconds: float = 8) -> stripe.StripeClient:
        """The real library, asking this sandbox, never retrying by itself."""
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout_seconds),
        )
