"""Sending notices, signed, until they are taken; and making 'days later' come."""

import contextlib
import hashlib
import hmac
import http.client
import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from sandbox.stripe import disputes, payment_methods, refunds
from sandbox.stripe.notices import API_VERSION
from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Json, Store

TIMEOUT_SECONDS = 10.0
WAITS_SECONDS = (0.2, 1, 3, 10, 30, 60, 300, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600)
"""Between attempts; the last is repeated until DAYS_AT_MOST."""
DAYS_AT_MOST = 3
SENDERS = 4
LOOK_EVERY_SECONDS = 0.5
RESULT_CHARACTERS = 200
LATER: dict[str, Callable[[Store, Json], Json]] = {
    "dispute": lambda store, charge: disputes.open_one(
        store, charge, reason=_reason(store, charge)
    ),
    "early_fraud_warning": disputes.warn,
    "refund_arrives": refunds.arrive,
    "refund_fails": refunds.fail,
}


@dataclass(frozen=True)
class Target:
    """Where notices go. `host` is the Host header, where it is not the address itself."""

    url: str
    secret: str
    host: str | None = None


class Deliverer:
    """One thread that looks what is due, and a few that send."""

    def __init__(self, store: Store, target: Target | None) -> None:
        self._store, self._target = store, target
        self._wake, self._closing = threading.Event(), threading.Event()
        self._busy: set[int] = set()
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="notice")
        self._thread = threading.Thread(target=self._run, name="deliverer", daemon=True)
        self.configure()

    def configure(self) -> None:
        """Keep where notices go with the objects: only then are there any."""
        self._store.set("webhook", {"url": self._target.url if self._target else None})

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._closing.set()
        self._wake.set()
        self._senders.shutdown(wait=False, cancel_futures=True)
        self._thread.join(timeout=1)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                self._do_what_is_later()
                self._send_what_is_due()
                pause = self._until_next()
            except Exception as error:  # the thread must outlive any one failure
                if not self._closing.is_set():
                    print(f"sandbox: notices: {error!r}", file=sys.stderr)  # noqa: T201
                pause = LOOK_EVERY_SECONDS
            self._wake.wait(pause)

    def _until_next(self) -> float:
        rows = self._store.rows(
            "SELECT number, due_at FROM notices WHERE state = 'waiting' ORDER BY due_at LIMIT ?",
            SENDERS + 1,
        )
        dues = [due_at for number, due_at in rows if number not in self._busy]
        return min(LOOK_EVERY_SECONDS, max(0.0, min(dues, default=1e12) - time.time()))

    def _do_what_is_later(self) -> None:
        rows = self._store.rows(
            "SELECT number, act, subject FROM later WHERE due_at <= ?", time.time()
        )
        for number, act, subject in rows:
            with self._store.transaction():
                if not self._store.write("DELETE FROM later WHERE number = ?", number):
                    continue
                found = self._store.find(subject)
                if found is None:
                    continue
                # It may have been refunded, disputed or warned about meanwhile.
                with contextlib.suppress(Refusal):
                    LATER[act](self._store, found)

    def _send_what_is_due(self) -> None:
        if self._target is None:
            return
        while not self._closing.is_set():
            room = SENDERS - len(self._busy)
            if room <= 0:
                return
            rows = self._store.rows(
                "SELECT number, event, attempts FROM notices WHERE state = 'waiting'"
                " AND due_at <= ? ORDER BY due_at, number LIMIT ?",
                time.time(), SENDERS * 2,
            )  # fmt: skip
            due = [row for row in rows if row[0] not in self._busy][:room]
            if not due:
                return
            for number, event, attempts in due:
                self._busy.add(number)
                self._senders.submit(self._send, self._target, number, event, attempts)

    def _send(self, target: Target, number: int, event_id: str, attempts: int) -> None:
        try:
            event = self._store.find(event_id, "event")
            if event is None:
                self._store.write("DELETE FROM notices WHERE number = ?", number)
                return
            is_taken, result = _post(target, event)
            self._note(number, event, attempts + 1, result, is_taken=is_taken)
        except Exception as error:  # a closed file while stopping, at worst
            if not self._closing.is_set():
                print(f"sandbox: notice {event_id}: {error!r}", file=sys.stderr)  # noqa: T201
        finally:
            self._busy.discard(number)
            self._wake.set()

    def _note(
        self, number: int, event: Json, attempts: int, result: str, *, is_taken: bool
    ) -> None:
        now = time.time()
        waits = WAITS_SECONDS[min(attempts, len(WAITS_SECONDS)) - 1]
        state = "delivered" if is_taken else "waiting"
        if not is_taken and now - event["created"] > DAYS_AT_MOST * 86_400:
            state = "given up"
        self._store.write(
            "UPDATE notices SET state = ?, attempts = ?, result = ?, due_at = ?, delivered_at = ?"
            " WHERE number = ?",
            state, attempts, result[:RESULT_CHARACTERS], now + waits,
            now if is_taken else None, number,
        )  # fmt: skip


def signature(body: bytes, secret: str, at: int) -> str:
    """The Stripe-Signature header: HMAC-SHA256 of '<seconds>.<body>'."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


def _post(target: Target, event: Json) -> tuple[bool, str]:
    """Send one notice: whether it was taken (2xx), and what was answered."""
    body = json.dumps(event | {"pending_webhooks": 1}, indent=2).encode()
    parts = urlsplit(target.url)
    headers = {
        "Host": target.host or parts.netloc,
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "*/*; q=0.5, application/xml",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Cache-Control": "no-cache",
        "Stripe-Signature": signature(body, target.secret, int(time.time())),
        "X-Stripe-Api-Version": API_VERSION,
    }
    connection = _connection(parts)
    try:
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(RESULT_CHARACTERS)
    except (OSError, http.client.HTTPException) as error:
        return False, getattr(error, "strerror", None) or str(error) or type(error).__name__
    else:
        return 200 <= answer.status < 300, f"{answer.status} {answer.reason}"
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)


def _reason(store: Store, charge: Json) -> str:
    return payment_methods.card_of(store, charge["payment_method"]).reason
