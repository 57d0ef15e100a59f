"""A reseller's own program, and one that may only read."""

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from core import accounts, catalogue, tenancy
from core.database import db, transaction
from tests import untouched

PROBLEM = "application/problem+json"
SCOPES = ["shows:read", "orders:read", "orders:write"]


class Program:
    """Speaks JSON to the API with a key."""

    def __init__(self, app: Any, key: str | None) -> None:
        self.client = Client(app, TestResponse)
        self.key = key
        self.host = "api.localhost"

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Host": self.host}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        headers.update(options.pop("headers", {}))
        return self.client.open(
            path, method=method, base_url=f"http://{self.host}", headers=headers, **options
        )

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open("GET", path, **options)

    def post(self, path: str, body: Any = None, *, key: str = "", **options: Any) -> TestResponse:
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        if key:
            headers["Idempotency-Key"] = key
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self.open("POST", path, data=sent, headers=headers, **options)

    def order(self, body: Any, *, key: str | None = None, **options: Any) -> TestResponse:
        return self.post("/v1/orders", body, key=key or secrets.token_hex(8), **options)


def key_for(tenant: tenancy.Tenant, scopes: list[str] | None = None) -> str:
    with tenancy.on_platform(), transaction():
        return accounts.make_key(
            reseller_id=tenant.id,
            name="the tests",
            mode="test",
            scopes=SCOPES if scopes is None else scopes,
        )


def held(wish: dict[str, Any]) -> int:
    """How many tickets of the wished show are held now; a request ends the test's own session."""
    db.session.rollback()
    return catalogue.get_any_show(wish["show"]).ticket_types[0].held


@pytest.fixture
def program(app: Any, reseller: tenancy.Tenant) -> Program:
    return Program(app, key_for(reseller))


@pytest.fixture
def stranger(app: Any) -> Program:
    return Program(app, None)


@pytest.fixture
def wish(show: Any) -> dict[str, Any]:
    """Two tickets of the show, as a body."""
    return {
        "show": show.reference,
        "items": [{"ticket_type": show.ticket_types[0].reference, "quantity": 2}],
        "customer": {"email": "ada@example.org", "name": "Ada Lovelace"},
    }


def item(wish: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The wish with another first item."""
    return {**wish, "items": [{**wish["items"][0], **changes}]}


def customer(wish: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**wish, "customer": {**wish["customer"], **changes}}


def refused(
    send: Callable[[], TestResponse], status: int, problem: str, *, is_kept: bool = False
) -> dict[str, Any]:
    """Send it and see that the answer is this problem, and that nothing was written.

    `is_kept`: but the answer, under its key.
    """
    before = untouched.contents()
    answer = send()
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text[:500]
    told: dict[str, Any] = answer.json or {}
    assert told["type"].rpartition("/")[2] == problem, told
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    after = untouched.contents()
    kept = after.pop(untouched.KEPT_ANSWERS)[0] - before.pop(untouched.KEPT_ANSWERS)[0]
    assert after == before
    assert kept == is_kept
    return told
