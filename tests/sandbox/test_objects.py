"""Objects have Stripe's fields; lists have its cursors; what was answered survives a kill."""

import json
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
import stripe

from tests.sandbox.running import Running

FIXTURES = Path(__file__).parents[3] / "shared" / "stripe" / "fixtures3.json"


@pytest.fixture
def made(sandbox, client, pay):
    """One object of each kind."""
    intent = pay(amount=80_000)
    disputed = pay(amount=900)
    sandbox.control(f"payment_intents/{disputed.id}/dispute")
    warning = sandbox.control(f"payment_intents/{intent.id}/early_fraud_warning")
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    account = client.v1.accounts.create({"type": "express"})
    link = client.v1.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "return_url": "http://a.example/",
            "refresh_url": "http://a.example/",
        }
    )
    return {
        "payment_intent": intent.to_dict(),
        "charge": client.v1.charges.retrieve(intent.latest_charge).to_dict(),
        "refund": refund.to_dict(),
        "dispute": client.v1.disputes.list({"charge": disputed.latest_charge}).data[0].to_dict(),
        "radar.early_fraud_warning": warning,
        "account": account.to_dict(),
        "account_link": link.to_dict(),
        "balance": client.v1.balance.retrieve().to_dict(),
        "balance_transaction": client.v1.balance_transactions.list().data[0].to_dict(),
        "customer": client.v1.customers.create({"email": "a@b.example"}).to_dict(),
        "event": client.v1.events.list({"limit": 1}).data[0].to_dict(),
        "payment_method": client.v1.payment_methods.retrieve(intent.payment_method).to_dict(),
    }


@pytest.mark.skipif(not FIXTURES.exists(), reason="shared/stripe/fixtures3.json is not beside us")
def test_every_object_has_the_fields_of_stripes(made):
    fixtures = json.loads(FIXTURES.read_text())["resources"]

    missing = {kind: set(fixtures[kind]) - set(body) for kind, body in made.items()}

    assert {kind: names for kind, names in missing.items() if names} == {}
    card = made["charge"]["payment_method_details"]["card"]
    assert set(fixtures["charge"]["payment_method_details"]["card"]) <= set(card)
    evidence = made["dispute"]["evidence"]
    assert set(fixtures["dispute"]["evidence"]) <= set(evidence)


def test_lists_are_read_page_by_page(client):
    customers = [
        client.v1.customers.create({"email": "pages@shop.example", "name": str(n)})
        for n in range(5)
    ]
    ids = [customer.id for customer in reversed(customers)]
    ours = {"email": "pages@shop.example", "limit": 2}

    first = client.v1.customers.list(ours)
    second = client.v1.customers.list({**ours, "starting_after": first.data[-1].id})
    back = client.v1.customers.list({**ours, "ending_before": second.data[0].id})

    assert [one.id for one in first.data + second.data] == ids[:4]
    assert (first.has_more, back.has_more) == (True, False)
    assert [one.id for one in back.data] == ids[:2]
    assert [one.id for one in client.v1.customers.list(ours).auto_paging_iter()] == ids
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.list({"limit": 101})


def test_what_is_named_can_be_expanded(client, pay):
    intent = pay(expand=["latest_charge.balance_transaction", "payment_method"])
    assert intent.latest_charge.balance_transaction.source == intent.latest_charge.id
    assert intent.payment_method.card.brand == "visa"

    refund = client.v1.refunds.create(
        {"payment_intent": intent.id, "expand": ["charge", "payment_intent"]}
    )
    assert (refund.charge.id, refund.payment_intent.id) == (intent.latest_charge.id, intent.id)
    listed = client.v1.charges.list(
        {"payment_intent": intent.id, "expand": ["data.balance_transaction"]}
    )
    assert listed.data[0].balance_transaction.net == intent.amount - 100
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.charges.list({"expand": ["data.amount"]})


def test_what_is_missing_is_not_found(client):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.payment_intents.retrieve("pi_missing")

    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_one_payment_is_taken_once_by_many_hands(client):
    intent = client.v1.payment_intents.create({"amount": 700, "currency": "eur"})
    results = []

    def confirm():
        try:
            client.v1.payment_intents.confirm(
                intent.id,
                {"payment_method": "pm_card_visa", "return_url": "http://shop.localhost/"},
            )
            results.append("paid")
        except stripe.InvalidRequestError:
            results.append("refused")

    hands = [threading.Thread(target=confirm) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert sorted(results) == ["paid", *["refused"] * 5]
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_killed_sandbox_forgets_nothing_it_answered(tmp_path):
    sandbox = Running(tmp_path)
    sandbox.start()
    once = {"idempotency_key": "one"}
    params = {"amount": 700, "currency": "eur"}
    made = sandbox.stripe().v1.payment_intents.create(params, once)

    sandbox.stop(signal.SIGKILL)
    sandbox.start()

    client = sandbox.stripe()
    assert client.v1.payment_intents.create(params, once).id == made.id
    assert [one.id for one in client.v1.payment_intents.list().data] == [made.id]
    asked_at = time.monotonic()
    assert sandbox.stop() == 0
    assert time.monotonic() - asked_at < 2


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        sandbox = Running(tmp_path, port=other.getsockname()[1])
        ended = subprocess.run(
            sandbox.command(), capture_output=True, text=True, timeout=10, check=False
        )

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"port {sandbox.port}" in ended.stderr
