"""Stripe's webhooks: only signed ones, each once, and none believed without a look at Stripe."""

import hashlib
import hmac
import json
import time

import pytest
import sqlalchemy as sa

from core import payments
from core.database import db
from core.events import Event
from core.payments import PaymentNotice
from tests.browsing import Browser

SECRET = "whsec_of_the_tests"


@pytest.fixture
def stripe_end(app):
    return Browser(app, host="api.localhost")


def notice(reseller, kind="payment_intent.succeeded", number="evt_1", **about) -> bytes:
    return json.dumps(
        {
            "id": number,
            "object": "event",
            "type": kind,
            "data": {
                "object": {
                    "id": "pi_1",
                    "object": "payment_intent",
                    "metadata": {"reseller": reseller.reference},
                    **about,
                }
            },
        }
    ).encode()


def signed(body: bytes, *, secret=SECRET, age_seconds=0) -> str:
    at = int(time.time()) - age_seconds
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def send(stripe_end, body, signature):
    return stripe_end.open(
        "/stripe/notices",
        method="POST",
        data=body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )


def kept():
    db.session.rollback()
    return db.session.scalars(sa.select(PaymentNotice.reference)).all()


def test_a_signed_notice_is_kept_and_makes_work(stripe_end, reseller):
    body = notice(reseller)

    answer = send(stripe_end, body, signed(body))

    assert answer.status_code == 200
    assert kept() == ["evt_1"]
    awaited = db.session.scalars(sa.select(Event).where(Event.type == "payment.noticed")).one()
    assert awaited.awaits == ["act_on_notice"]


def test_a_duplicate_is_kept_once(stripe_end, reseller):
    body = notice(reseller)
    for _ in range(3):
        assert send(stripe_end, body, signed(body)).status_code == 200

    assert kept() == ["evt_1"]


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "nonsense",
        "t=1,v1=abc",
        "t=,v1=",
        "v1=abc",
        "t=1e9,v1=\u00fc",
        "t=99999999999999999999999,v1=00",
    ],
)
def test_a_forged_notice_is_refused(stripe_end, reseller, signature):
    assert send(stripe_end, notice(reseller), signature).status_code == 400
    assert kept() == []


def test_a_notice_signed_with_another_secret_is_refused(stripe_end, reseller):
    body = notice(reseller)

    assert send(stripe_end, body, signed(body, secret="whsec_other")).status_code == 400


def test_a_stale_notice_is_refused(stripe_end, reseller):
    body = notice(reseller)

    assert send(stripe_end, body, signed(body, age_seconds=301)).status_code == 400
    assert kept() == []


def test_a_body_that_was_changed_is_refused(stripe_end, reseller):
    body = notice(reseller)

    assert send(stripe_end, body.replace(b"pi_1", b"pi_2"), signed(body)).status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"\xff", b'{"id": "evt_1"}', b"{" * 9]
)
def test_a_signed_body_that_is_no_event_is_refused(stripe_end, reseller, body):
    assert send(stripe_end, body, signed(body)).status_code == 400


def test_a_notice_for_nobody_is_answered_and_forgotten(stripe_end, reseller):
    body = notice(reseller, metadata={})

    answer = send(stripe_end, body, signed(body))

    assert answer.status_code == 200
    assert answer.json["ours"] is False
    assert kept() == []


def test_a_notice_goes_to_its_reseller_and_no_other(stripe_end, reseller, neighbour):
    body = notice(neighbour)

    assert send(stripe_end, body, signed(body)).status_code == 200
    assert kept() == []


def test_a_notice_we_do_not_act_on_makes_no_work(stripe_end, reseller):
    body = notice(reseller, kind="payment_intent.created")
    send(stripe_end, body, signed(body))

    assert kept() == ["evt_1"]
    assert db.session.scalars(sa.select(Event)).all() == []


def test_a_body_that_is_too_large_is_refused(stripe_end, reseller):
    body = notice(reseller, padding="x" * 300_000)

    assert send(stripe_end, body, signed(body)).status_code == 413


def test_a_notice_is_never_believed_without_looking(stripe_end, order, reseller):
    """It says 'succeeded'; nobody is at Stripe's end to confirm it, so nothing is paid."""
    body = notice(reseller, status="succeeded", amount=order.total_minor)
    send(stripe_end, body, signed(body))
    db.session.rollback()
    notice_id = db.session.scalar(sa.select(PaymentNotice.id))

    with pytest.raises(payments.GatewayDown):
        payments.act_on_notice(notice_id)

    db.session.refresh(order)
    assert order.state == "held"
