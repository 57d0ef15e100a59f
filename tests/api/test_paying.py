"""Starting a payment through the API; Stripe is played by a function."""

from typing import Any

import pytest

from core.payments import GatewayDown, stripe_gateway
from core.payments.stripe_gateway import Intent
from tests.api.conftest import Program


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Stripe was asked for."""
    seen: list[dict[str, Any]] = []

    def create(**wanted: Any) -> Intent:
        seen.append(wanted)
        return Intent(
            id=f"pi_{wanted['key']}",
            status="requires_payment_method",
            amount_minor=wanted["amount_minor"],
            received_minor=0,
            currency=wanted["currency"],
            client_secret=f"{wanted['key']}_secret",
            charge_id=None,
            cost_minor=None,
            failure=None,
            metadata=wanted["metadata"],
        )

    monkeypatch.setattr(stripe_gateway, "create_intent", create)
    return seen


def test_a_payment_is_started_once(program: Program, wish: Any, asked: list[Any]) -> None:
    order = program.order(wish).json

    first = program.post(f"/v1/orders/{order['id']}/payment")
    second = program.post(f"/v1/orders/{order['id']}/payment")

    assert first.status_code == second.status_code == 200
    assert first.json == second.json
    assert first.json["publishable_key"] == "pk_test_of_the_tests"
    assert first.json["client_secret"].endswith("_secret")
    assert first.json["state"] == "open"
    assert [each["amount_minor"] for each in asked] == [5000]


def test_a_cancelled_order_cannot_be_paid(program: Program, wish: Any, asked: list[Any]) -> None:
    order = program.order(wish).json
    program.post(f"/v1/orders/{order['id']}/cancellation")

    answer = program.post(f"/v1/orders/{order['id']}/payment")

    assert (answer.status_code, answer.json["type"].rpartition("/")[2]) == (409, "nothing_to_pay")
    assert asked == []


def test_when_stripe_is_away_it_says_when_to_come_again(
    program: Program, wish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: Any) -> Intent:
        raise GatewayDown("away")

    monkeypatch.setattr(stripe_gateway, "create_intent", away)
    order = program.order(wish).json

    answer = program.post(f"/v1/orders/{order['id']}/payment")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.mimetype == "application/problem+json"
