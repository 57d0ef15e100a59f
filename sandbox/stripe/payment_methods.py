"""Payment methods: a card as Stripe shows it, and - hidden - which test card it is."""

import hashlib
import time

from sandbox.stripe import cards, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Json, Store, new_id

NO_ADDRESS: Json = {
    "city": None, "country": None, "line1": None, "line2": None, "postal_code": None,
    "state": None,
}  # fmt: skip
YEARS_AHEAD = 50


def create(call: Call) -> Json:
    call.only("type", "card", "billing_details", "metadata", "allow_redisplay")
    return from_parameters(call.store, call.params)


def retrieve(call: Call, method: str) -> Json:
    call.only()
    return call.get("payment_method", method, param="payment_method")


def from_name(store: Store, name: str) -> Json:
    """A payment method by its id, or made from one of Stripe's names (pm_card_visa)."""
    card = cards.BY_NAME.get(name)
    if card is not None:
        year = time.gmtime().tm_year + 1
        return _keep(store, card, exp_month=12, exp_year=year, billing=_billing({}), metadata={})
    found = store.find(name, "payment_method")
    if found is None:
        raise Refusal(
            f"No such PaymentMethod: '{name}'", code="resource_missing", param="payment_method"
        )
    return found


def from_parameters(store: Store, params: Json) -> Json:
    """A payment method from `payment_method_data`: what a card form sends."""
    if reading.required(params, "type") != "card":
        raise Refusal("The sandbox takes cards only.", param="type")
    written = reading.mapping(params, "card")
    billing = _billing(reading.mapping(params, "billing_details"))
    metadata = reading.metadata(params)
    token = reading.text(written, "token")
    if token is not None:
        if token not in cards.BY_NAME:
            raise Refusal(f"No such token: '{token}'", code="resource_missing", param="card[token]")
        card, month, year = cards.BY_NAME[token], 12, time.gmtime().tm_year + 1
    else:
        card = cards.read(reading.required(written, "number"))
        month, year = _expiry(written)
        _check_cvc(written)
    return _keep(
        store, card, exp_month=month, exp_year=year, billing=billing, metadata=metadata
    )  # fmt: skip


def card_of(store: Store, method_id: str) -> cards.Card:
    hidden = store.hidden(method_id)
    return cards.BY_NUMBER.get(hidden.get("behaves_as", "")) or cards.Card(
        "0000", "unknown", "Is no test card", declined=cards.NOT_A_TEST_CARD
    )


def _expiry(written: Json) -> tuple[int, int]:
    month, year = reading.whole(written, "exp_month"), reading.whole(written, "exp_year")
    now = time.gmtime()
    if month is None or not 1 <= month <= 12:
        raise _unusable("Your card's expiration month is invalid.", "invalid_expiry_month")
    if year is not None and year < 100:
        year += 2000
    if year is None or not now.tm_year <= year <= now.tm_year + YEARS_AHEAD:
        raise _unusable("Your card's expiration year is invalid.", "invalid_expiry_year")
    if (year, month) < (now.tm_year, now.tm_mon):
        raise _unusable("Your card's expiration month is invalid.", "invalid_expiry_month")
    return month, year


def _check_cvc(written: Json) -> None:
    cvc = reading.text(written, "cvc")
    if cvc is not None and not (cvc.isascii() and cvc.isdigit() and len(cvc) in {3, 4}):
        raise _unusable("Your card's security code is invalid.", "invalid_cvc")


def _unusable(message: str, code: str) -> Refusal:
    refusal = Refusal(message, code=code, param=code.replace("invalid_expiry", "exp"))
    refusal.status, refusal.kind = 402, "card_error"
    return refusal


def _billing(params: Json) -> Json:
    address = reading.mapping(params, "address")
    return {
        "address": {name: reading.text(address, name) for name in NO_ADDRESS},
        "email": reading.text(params, "email"),
        "name": reading.text(params, "name"),
        "phone": reading.text(params, "phone"),
        "tax_id": None,
    }


def _keep(
    store: Store, card: cards.Card, *, exp_month: int, exp_year: int, billing: Json, metadata: Json
) -> Json:
    body: Json = {
        "id": new_id("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "display_brand": card.brand,
            "exp_month": exp_month,
            "exp_year": exp_year,
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
            "funding": "debit" if "debit" in card.name else "credit",
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": int(time.time()),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": metadata,
        "type": "card",
    }
    behaves_as = card.number if card.number in cards.BY_NUMBER else ""
    return store.insert(body, behaves_as=behaves_as)
