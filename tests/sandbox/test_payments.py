"""Paying, being refused, proving who one is, giving back."""

import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
import stripe

from tests.sandbox.running import PUBLISHABLE_KEY

CHALLENGE = re.compile(r'name="challenge" value="(\w+)"')


def test_a_payment_succeeds_and_its_fee_is_known(client, pay, shop):
    intent = pay(metadata={"order": "7"}, expand=["latest_charge.balance_transaction"])

    charge = intent.latest_charge
    assert (intent.status, intent.amount_received) == ("succeeded", 5_000)
    assert charge.metadata["order"] == "7"
    assert charge.balance_transaction.fee == 100  # 1.5 % of 50.00 and 0.25
    assert charge.balance_transaction.net == 4_900
    assert charge.payment_method_details.card.last4 == "4242"
    kinds = {"payment_intent.created", "charge.succeeded", "payment_intent.succeeded"}
    shop.wait(lambda: set(shop.kinds(intent.id)) == kinds)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ],
)
def test_a_refused_card_says_why(client, pay, card, code, decline_code):
    with pytest.raises(stripe.CardError) as refused:
        pay(card)

    error = refused.value.error
    assert (refused.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    intent = client.v1.payment_intents.retrieve(error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == code
    failed = client.v1.charges.retrieve(intent.latest_charge)
    assert (failed.status, failed.paid, failed.balance_transaction) == ("failed", False, None)


def test_a_refused_payment_can_be_paid_with_another_card(client, pay):
    with pytest.raises(stripe.CardError) as refused:
        pay("pm_card_chargeDeclined")

    paid = client.v1.payment_intents.confirm(
        refused.value.error.payment_intent.id,
        {"payment_method": "pm_card_visa", "return_url": "http://shop.localhost/"},
    )

    assert paid.status == "succeeded"
    assert paid.last_payment_error is None


def confirm_in_browser(sandbox, intent, number, **more):
    return sandbox.stripe(PUBLISHABLE_KEY).raw_request(
        "post",
        f"/v1/payment_intents/{intent.id}/confirm",
        client_secret=intent.client_secret,
        return_url="http://shop.localhost/orders/1?a=b",
        payment_method_data={
            "type": "card",
            "card": {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"},
        },
        **more,
    )


@pytest.mark.parametrize(
    ("number", "answer", "status", "result"),
    [
        ("4000002760003184", "complete", "succeeded", "succeeded"),
        ("4000000000003220", "fail", "requires_payment_method", "failed"),
        ("4000008400001629", "complete", "requires_payment_method", "failed"),
    ],
)
def test_the_banks_page_leads_back_to_the_shop(  # noqa: PLR0917  # pytest fills them in
    sandbox, client, number, answer, status, result
):
    intent = client.v1.payment_intents.create(
        {"amount": 2_000, "currency": "gbp", "automatic_payment_methods": {"enabled": True}}
    )
    asked = sandbox.stripe().deserialize(confirm_in_browser(sandbox, intent, number), api_mode="V1")
    assert asked.status == "requires_action"
    url = asked.next_action.redirect_to_url.url
    page = urllib.request.urlopen(url).read().decode()
    assert "£20.00" in page

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    with pytest.raises(urllib.error.HTTPError) as led:
        urllib.request.build_opener(Stay).open(
            url,
            urllib.parse.urlencode(
                {"challenge": CHALLENGE.search(page)[1], "answer": answer}
            ).encode(),
        )

    back = urllib.parse.urlsplit(led.value.headers["Location"])
    assert (led.value.code, back.netloc, back.path) == (303, "shop.localhost", "/orders/1")
    assert urllib.parse.parse_qs(back.query) == {
        "a": ["b"],
        "payment_intent": [intent.id],
        "payment_intent_client_secret": [intent.client_secret],
        "redirect_status": [result],
    }
    assert client.v1.payment_intents.retrieve(intent.id).status == status


def test_a_browser_needs_the_secret_of_its_intent(sandbox, client):
    intent = client.v1.payment_intents.create({"amount": 2_000, "currency": "eur"})
    browser = sandbox.stripe(PUBLISHABLE_KEY)

    with pytest.raises(stripe.InvalidRequestError):
        browser.v1.payment_intents.retrieve(intent.id)
    with pytest.raises(stripe.InvalidRequestError):
        browser.v1.payment_intents.retrieve(intent.id, {"client_secret": "pi_1_secret_2"})
    with pytest.raises(stripe.PermissionError):
        browser.v1.refunds.list()
    seen = browser.v1.payment_intents.retrieve(intent.id, {"client_secret": intent.client_secret})
    assert seen.amount == 2_000
    assert "metadata" not in seen


def test_a_wrong_key_is_refused(sandbox):
    with pytest.raises(stripe.AuthenticationError):
        sandbox.stripe("sk_test_somebody_elses_key").v1.charges.list()


def test_a_payment_is_taken_once_and_cannot_be_cancelled_afterwards(client, pay):
    intent = pay()

    with pytest.raises(stripe.InvalidRequestError, match="already succeeded") as again:
        client.v1.payment_intents.confirm(intent.id, {"return_url": "http://shop.localhost/"})
    with pytest.raises(stripe.InvalidRequestError) as cancelled:
        client.v1.payment_intents.cancel(intent.id)

    assert again.value.code == cancelled.value.code == "payment_intent_unexpected_state"
    assert again.value.error.payment_intent.id == intent.id


def test_an_open_payment_can_be_changed_then_cancelled(client, shop):
    intent = client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "metadata": {"a": "1", "b": "2"}}
    )
    changed = client.v1.payment_intents.update(
        intent.id, {"amount": 800, "metadata": {"a": "", "c": "3"}}
    )
    assert (changed.amount, changed.metadata.to_dict()) == (800, {"b": "2", "c": "3"})

    gone = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    shop.waits_for("payment_intent.canceled", intent.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 10, "currency": "eur"}, "amount_too_small"),
        ({"amount": "ten", "currency": "eur"}, "parameter_invalid_integer"),
        ({"currency": "eur"}, "parameter_missing"),
        ({"amount": 900, "currency": "eur", "amuont": 3}, "parameter_unknown"),
    ],
)
def test_what_makes_no_sense_is_refused(client, params, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(params)

    assert refused.value.code == code


def test_refunds_add_up_to_the_payment_and_no_further(client, pay, shop):
    intent = pay(amount=5_000)

    part = client.v1.refunds.create({"payment_intent": intent.id, "amount": 2_000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 3_001})
    rest = client.v1.refunds.create({"charge": intent.latest_charge})
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.refunds.create({"charge": intent.latest_charge})

    assert (part.amount, rest.amount, again.value.code) == (2_000, 3_000, "charge_already_refunded")
    charge = client.v1.charges.retrieve(intent.latest_charge, {"expand": ["refunds"]})
    assert charge.refunded
    assert [one.id for one in charge.refunds.data] == [rest.id, part.id]
    booked = client.v1.balance_transactions.retrieve(rest.balance_transaction)
    assert (booked.net, booked.fee, booked.type) == (-3_000, 0, "refund")
    shop.wait(lambda: shop.kinds(intent.id).count("charge.refunded") == 2)


@pytest.mark.parametrize(
    ("card", "first", "last", "given_back"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded", 5_000),
        ("pm_card_refundFail", "succeeded", "failed", 0),
    ],
)
def test_a_refund_can_arrive_or_fail_later(  # noqa: PLR0917  # pytest fills them in
    sandbox, client, pay, shop, card, first, last, given_back
):
    sandbox.control("behaviour", later_seconds=0.2)
    intent = pay(card)
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == first

    shop.waits_for("refund.updated", refund.id)

    assert client.v1.refunds.retrieve(refund.id).status == last
    assert client.v1.charges.retrieve(intent.latest_charge).amount_refunded == given_back
    if last == "failed":
        shop.waits_for("refund.failed", refund.id)


def test_money_reaches_a_reseller_who_finished_setting_up(sandbox, client, pay):
    pay(amount=90_000)
    account = client.v1.accounts.create(
        {"type": "express", "country": "DE", "email": "a@b.example"}
    )
    with pytest.raises(stripe.InvalidRequestError, match="capability"):
        client.v1.transfers.create({"amount": 100, "currency": "eur", "destination": account.id})
    link = client.v1.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "return_url": f"{sandbox.url}/healthz",
            "refresh_url": f"{sandbox.url}/healthz",
        }
    )
    token = urllib.parse.parse_qs(urllib.parse.urlsplit(link.url).query)["link"][0]
    form = urllib.parse.urlencode({"link": token, "answer": "complete"}).encode()
    urllib.request.urlopen(link.url, form).close()

    moved = client.v1.transfers.create(
        {"amount": 100, "currency": "eur", "destination": account.id, "metadata": {"payout": "1"}}
    )

    assert client.v1.accounts.retrieve(account.id).payouts_enabled
    assert moved.metadata["payout"] == "1"
    assert client.v1.transfers.list({"destination": account.id}).data[0].id == moved.id
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        client.v1.transfers.create(
            {"amount": 99_000_000, "currency": "eur", "destination": account.id}
        )
    assert too_much.value.code == "balance_insufficient"
