"""Charges: money taken, or refused, from one card."""

import time

from sandbox.stripe import balance, behaviour, cards, listing, notices, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.store import Json, Store, new_id, random_text


def retrieve(call: Call, charge: str) -> Json:
    call.only()
    return call.get("charge", charge)


def update(call: Call, charge: str) -> Json:
    call.only("metadata", "description", "receipt_email", "transfer_group", "fraud_details")
    found, params = call.get("charge", charge), call.params
    found["metadata"] = reading.metadata(params, found["metadata"])
    for name in ("description", "receipt_email", "transfer_group"):
        if name in params:
            found[name] = reading.text(params, name)
    if "fraud_details" in params:
        found["fraud_details"] |= reading.mapping(params, "fraud_details")
    call.store.save(found)
    notices.record(call.store, "charge.updated", found)
    return found


def page(call: Call) -> Json:
    return listing.page(
        call, "charge", "/v1/charges", by=["payment_intent", "customer", "transfer_group"]
    )


def take(store: Store, intent: Json, card: cards.Card) -> Json:
    """A charge that succeeded, booked on the balance; what its card does later is scheduled."""
    charge = _charge(store, intent)
    booked = balance.book(
        store, charge["id"], "charge", intent["amount"], intent["currency"],
        category="charge", fee_minor=balance.fee_of(intent["amount"]),
        description=intent["description"],
    )  # fmt: skip
    charge |= {
        "amount_captured": intent["amount"],
        "balance_transaction": booked["id"],
        "captured": True,
        "outcome": _outcome("authorized", "approved_by_network", "Payment complete."),
        "paid": True,
        "receipt_url": f"https://pay.stripe.com/receipts/payment/{random_text(32)}",
        "status": "succeeded",
    }
    store.insert(charge)
    after_seconds = behaviour.current(store)["later_seconds"]
    if card.later and after_seconds:
        store.later(card.later, charge["id"], after_seconds=after_seconds)
    return charge


def refuse(store: Store, intent: Json, refused: cards.Refused) -> Json:
    """A charge that failed."""
    charge = _charge(store, intent)
    charge |= {
        "failure_code": refused.code,
        "failure_message": refused.message,
        "outcome": _outcome(
            "issuer_declined", "declined_by_network",
            "The bank did not return any further details with this decline."
            if refused is cards.GENERIC else refused.message,
            reason=refused.decline_code or refused.code,
        ),
    }  # fmt: skip
    return store.insert(charge)


def _outcome(kind: str, network: str, message: str, *, reason: str | None = None) -> Json:
    return {
        "advice_code": "try_again_later" if reason else None,
        "network_advice_code": None,
        "network_decline_code": "01" if reason else None,
        "network_status": network,
        "reason": reason,
        "risk_level": "normal",
        "risk_score": 32,
        "seller_message": message,
        "type": kind,
    }


def _charge(store: Store, intent: Json) -> Json:
    method = store.get(intent["payment_method"])
    return {
        "id": new_id("charge"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SANDBOX",
        "captured": False,
        "created": int(time.time()),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(store, intent, method),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "refunds": None,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def _details(store: Store, intent: Json, method: Json) -> Json:
    card, number = method["card"], store.hidden(method["id"]).get("behaves_as", "")
    known = cards.BY_NUMBER.get(number)
    proven = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": random_text(24),
        "version": "2.2.0",
    }
    return {
        "card": {
            "amount_authorized": intent["amount"],
            "authorization_code": "123456",
            "brand": card["brand"],
            "checks": card["checks"],
            "country": card["country"],
            "exp_month": card["exp_month"],
            "exp_year": card["exp_year"],
            "extended_authorization": {"status": "disabled"},
            "fingerprint": card["fingerprint"],
            "funding": card["funding"],
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "last4": card["last4"],
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card["brand"],
            "network_token": {"used": False},
            "network_transaction_id": str(int(time.time() * 1000)),
            "overcapture": {
                "maximum_amount_capturable": intent["amount"],
                "status": "unavailable",
            },
            "regulated_status": "unregulated",
            "three_d_secure": proven if known and known.authenticates else None,
            "transaction_link_id": None,
            "wallet": None,
        },
        "type": "card",
    }
