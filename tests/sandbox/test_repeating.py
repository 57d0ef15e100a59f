"""Idempotency-Key: the same answer again, never the same work again."""

import threading
import time
import uuid

import pytest
import stripe


def key():
    return {"idempotency_key": str(uuid.uuid4())}


def test_the_same_request_is_answered_the_same(client, pay):
    charge = pay().latest_charge
    once = key()

    first = client.v1.refunds.create({"charge": charge, "amount": 100}, once)
    second = client.v1.refunds.create({"charge": charge, "amount": 100}, once)

    assert second.id == first.id
    assert second.last_response.body == first.last_response.body
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert client.v1.charges.retrieve(charge).amount_refunded == 100


def test_a_decline_is_kept_too(client):
    once = key()
    params = {
        "amount": 700, "currency": "eur", "payment_method": "pm_card_chargeDeclined",
        "confirm": True, "return_url": "http://shop.localhost/",
    }  # fmt: skip
    answers = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            client.v1.payment_intents.create(params, once)
        answers.append(refused.value)

    assert answers[0].http_body == answers[1].http_body
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_key_is_for_one_request_only(client):
    once = key()
    client.v1.payment_intents.create({"amount": 700, "currency": "eur"}, once)

    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.payment_intents.create({"amount": 701, "currency": "eur"}, once)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.customers.create({"email": "a@b.example"}, once)


def test_a_senseless_request_does_not_use_up_its_key(client):
    once = key()
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({"amount": 1, "currency": "eur"}, once)

    assert client.v1.payment_intents.create({"amount": 700, "currency": "eur"}, once).amount == 700


def test_a_twin_that_is_still_running_is_told_so(sandbox, client):
    sandbox.control("behaviour", latency_ms=500, only="POST /v1/payment_intents")
    once = key()
    made = []
    first = threading.Thread(
        target=lambda: made.append(
            client.v1.payment_intents.create({"amount": 700, "currency": "eur"}, once)
        )
    )
    first.start()
    time.sleep(0.2)

    with pytest.raises(stripe.APIError) as refused:
        client.v1.payment_intents.create({"amount": 700, "currency": "eur"}, once)

    assert (refused.value.http_status, refused.value.error.code) == (
        409,
        "idempotency_key_in_use",
    )
    first.join()
    assert made[0].amount == 700


def test_a_failure_before_the_work_leaves_the_key_free(sandbox, client):
    sandbox.control("behaviour", fail_next=1, only="POST /v1/payment_intents")
    once = key()
    with pytest.raises(stripe.APIError) as failed:
        client.v1.payment_intents.create({"amount": 700, "currency": "eur"}, once)

    assert failed.value.http_status == 500
    assert client.v1.payment_intents.create({"amount": 700, "currency": "eur"}, once).amount == 700


def test_a_failure_after_the_work_is_kept_with_it(sandbox, client, pay):
    charge = pay().latest_charge
    sandbox.control("behaviour", fail_after_next=1, only="POST /v1/refunds")
    once = key()
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.refunds.create({"charge": charge, "amount": 100}, once)

    assert client.v1.charges.retrieve(charge).amount_refunded == 100


def test_an_answer_that_never_came_can_be_fetched_with_the_key(sandbox, client, pay):
    charge = pay().latest_charge
    sandbox.control("behaviour", hang_next=1, hang_ms=3_000, only="POST /v1/refunds")
    once = key()
    with pytest.raises(stripe.APIConnectionError):
        sandbox.stripe(timeout_seconds=0.4).v1.refunds.create(
            {"charge": charge, "amount": 100}, once
        )

    found = client.v1.refunds.create({"charge": charge, "amount": 100}, once)

    assert found.last_response.headers["Idempotent-Replayed"] == "true"
    assert client.v1.charges.retrieve(charge).amount_refunded == 100


def test_too_many_requests_say_when_to_come_back(sandbox, client):
    sandbox.control("behaviour", rate_limit_next=1, retry_after_seconds=3)

    with pytest.raises(stripe.RateLimitError) as limited:
        client.v1.charges.list()

    assert limited.value.headers["Retry-After"] == "3"
    client.v1.charges.list()


def test_more_new_payments_in_a_second_than_are_allowed_are_refused(sandbox, client):
    sandbox.control("behaviour", payments_per_second=1)

    def create_many() -> None:
        for _ in range(100):
            client.v1.payment_intents.create({"amount": 5_000, "currency": "eur"})

    with pytest.raises(stripe.RateLimitError) as limited:
        create_many()

    assert limited.value.headers["Stripe-Rate-Limited-Reason"] == "endpoint-rate"
    assert client.v1.payment_intents.list() is not None
