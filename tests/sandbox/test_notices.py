"""Signed notices: told until they are taken; late, twice, out of order or lost on demand."""

import urllib.error
import urllib.request

import pytest
import stripe

from tests.sandbox.running import WEBHOOK_HOST, WEBHOOK_SECRET


def notices_about(shop, about, kind):
    return [
        notice
        for notice in shop.heard
        if notice.event["type"] == kind and about in notice.body.decode()
    ]


def test_a_notice_is_signed_and_finds_its_host(pay, shop):
    intent = pay()
    shop.waits_for("payment_intent.succeeded", intent.id)
    notice = notices_about(shop, intent.id, "payment_intent.succeeded")[0]

    event = stripe.Webhook.construct_event(notice.body, notice.signature, WEBHOOK_SECRET)

    assert (event.type, event.data.object.id) == ("payment_intent.succeeded", intent.id)
    assert notice.host == WEBHOOK_HOST
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(notice.body + b" ", notice.signature, WEBHOOK_SECRET)


def test_a_notice_comes_again_until_it_is_taken(client, pay, shop):
    shop.answers[:] = [500, 500, 500, 500]
    intent = pay()
    shop.wait(
        lambda: (
            all(
                len(notices_about(shop, intent.id, kind)) >= 1
                for kind in (
                    "payment_intent.created",
                    "charge.succeeded",
                    "payment_intent.succeeded",
                )
            )
            and not shop.answers
        )
    )

    shop.wait(lambda: sum(intent.id in notice.body.decode() for notice in shop.heard) == 7)

    told = [notice.event["id"] for notice in shop.heard if intent.id in notice.body.decode()]
    assert len(set(told)) == 3


def test_a_notice_may_come_twice(sandbox, client, shop):
    sandbox.control("behaviour", duplicate_notices=1)
    intent = client.v1.payment_intents.create({"amount": 700, "currency": "eur"})

    shop.wait(lambda: len(notices_about(shop, intent.id, "payment_intent.created")) == 2)

    twice = notices_about(shop, intent.id, "payment_intent.created")
    assert twice[0].event["id"] == twice[1].event["id"]


def test_notices_may_come_backwards(sandbox, pay, shop):
    sandbox.control("behaviour", reorder_notices=True)
    intent = pay()

    shop.waits_for("payment_intent.created", intent.id)

    assert shop.kinds(intent.id) == [
        "payment_intent.succeeded", "charge.succeeded", "payment_intent.created",
    ]  # fmt: skip


def test_a_lost_notice_can_be_found_and_sent_again(sandbox, client, shop):
    sandbox.control("behaviour", drop_notices=1)
    intent = client.v1.payment_intents.create({"amount": 700, "currency": "eur"})

    lost = [
        event
        for event in client.v1.events.list({"delivery_success": False}).data
        if event.data.object["id"] == intent.id
    ]

    assert [event.type for event in lost] == ["payment_intent.created"]
    assert not shop.kinds(intent.id)
    sandbox.control(f"events/{lost[0].id}/resend")
    shop.waits_for("payment_intent.created", intent.id)


def test_events_are_listed_by_type(client, pay):
    intent = pay()

    listed = client.v1.events.list({"types": ["charge.succeeded", "charge.failed"], "limit": 1})

    assert listed.data[0].data.object["payment_intent"] == intent.id
    assert client.v1.events.retrieve(listed.data[0].id).type == "charge.succeeded"


def test_a_dispute_comes_days_later_and_is_won(sandbox, client, pay, shop):
    sandbox.control("behaviour", later_seconds=0.2)
    intent = pay("pm_card_createDispute", amount=4_000)
    shop.waits_for("charge.dispute.funds_withdrawn", intent.id)
    dispute = client.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.amount, dispute.reason, dispute.status) == (
        4_000, "fraudulent", "needs_response",
    )  # fmt: skip
    assert dispute.balance_transactions[0].net == -5_500
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"

    answered = client.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Ada"}})
    assert answered.status == "under_review"
    sandbox.control(f"disputes/{dispute.id}/close", status="won")

    shop.waits_for("charge.dispute.funds_reinstated", intent.id)
    won = client.v1.disputes.retrieve(dispute.id, {"expand": ["charge"]})
    assert (won.status, won.charge.disputed) == ("won", True)
    assert won.balance_transactions[1].net == 4_000
    assert "charge.dispute.updated" in shop.kinds(intent.id)


def test_a_dispute_is_lost(sandbox, client, pay, shop):
    intent = pay()
    dispute = sandbox.control(f"payment_intents/{intent.id}/dispute", reason="product_not_received")

    lost = client.v1.disputes.close(dispute["id"])

    assert (lost.status, lost.reason) == ("lost", "product_not_received")
    shop.waits_for("charge.dispute.closed", intent.id)
    assert "charge.dispute.funds_reinstated" not in shop.kinds(intent.id)


def test_a_bank_warns_of_fraud(sandbox, client, pay, shop):
    intent = pay()
    sandbox.control(f"payment_intents/{intent.id}/early_fraud_warning")

    shop.waits_for("radar.early_fraud_warning.created", intent.id)
    warning = client.v1.radar.early_fraud_warnings.list({"charge": intent.latest_charge}).data[0]
    assert warning.actionable
    client.v1.refunds.create({"payment_intent": intent.id})
    assert not client.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable


def test_another_sites_page_cannot_use_the_controls(sandbox, pay):
    intent = pay()
    request = urllib.request.Request(
        f"{sandbox.url}/sandbox/payment_intents/{intent.id}/dispute",
        b"reason=fraudulent",
        {"Origin": "http://evil.example"},
    )

    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


def test_a_button_of_the_page_leads_back_to_it(sandbox, pay):
    intent = pay()
    request = urllib.request.Request(
        f"{sandbox.url}/sandbox/payment_intents/{intent.id}/refund",
        b"",
        {
            "Origin": sandbox.url,
            "Accept": "text/html",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )

    page = urllib.request.urlopen(request)

    assert page.url == f"{sandbox.url}/sandbox"
    text = page.read().decode()
    assert intent.id in text
    assert "€50.00 given back" in text
