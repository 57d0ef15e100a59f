"""Confirming a payment intent: charge the card, or ask its owner to prove who they are first."""

from sandbox.stripe import cards, charging, notices, payment_methods, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Declined, Refusal, WrongState
from sandbox.stripe.store import Json, Store, random_text

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment "
    "method and try again."
)


def confirm(call: Call, intent: Json) -> Json:
    """Try to take the money. Raises Declined (the failed charge stays), WrongState, Refusal."""
    _check(call, intent)
    store, params = call.store, call.params
    if "receipt_email" in params:
        intent["receipt_email"] = reading.text(params, "receipt_email")
    card = payment_methods.card_of(store, intent["payment_method"])
    if card.authenticates:
        if reading.yes_or_no(params, "error_on_requires_action") or reading.yes_or_no(
            params, "off_session"
        ):
            raise _needs_authentication(store, intent)
        return _ask_to_authenticate(call, intent)
    return _charge(store, intent, card)


def authenticate(store: Store, intent: Json, *, succeeded: bool) -> Json:
    """The bank's page has answered. Raises Declined where the card is refused after all."""
    if intent["status"] != "requires_action":
        raise _unexpected(intent, f"it has a status of {intent['status']}")
    card = payment_methods.card_of(store, intent["payment_method"])
    store.hide(intent["id"], challenge=None)
    if succeeded:
        return _charge(store, intent, card)
    error = {
        "type": "invalid_request_error",
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://docs.stripe.com/error-codes/payment-intent-authentication-failure",
        "message": NOT_AUTHENTICATED,
        "payment_method": store.find(intent["payment_method"]),
    }
    return _fail(store, intent, error)


def _check(call: Call, intent: Json) -> None:
    status = intent["status"]
    if status == "succeeded":
        raise _unexpected(
            intent, "it has already succeeded after being previously confirmed"
        )  # fmt: skip
    if status not in CONFIRMABLE:
        raise _unexpected(intent, f"it has a status of {status}")
    if not intent["payment_method"]:
        raise _unexpected(
            intent,
            "it's missing a payment method. Update the PaymentIntent with a payment method, or "
            "confirm it with one",
        )
    automatic = intent["automatic_payment_methods"]
    return_url = reading.text(call.params, "return_url")
    if return_url is not None and not return_url.startswith(("http://", "https://")):
        raise Refusal("Not a valid URL", code="url_invalid", param="return_url")
    if (
        automatic
        and automatic["allow_redirects"] == "always"
        and return_url is None
        and not call.from_browser
    ):
        raise Refusal(
            "This PaymentIntent accepts payment methods that may redirect your customer off your "
            "page, so you must provide a `return_url`. If you don't want to accept those, set "
            "`automatic_payment_methods[enabled]` to `true` and "
            "`automatic_payment_methods[allow_redirects]` to `never`."
        )


def _charge(store: Store, intent: Json, card: cards.Card) -> Json:
    if card.declined is None:
        charge = charging.take(store, intent, card)
        intent |= {
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "latest_charge": charge["id"],
            "next_action": None,
            "status": "succeeded",
        }
        store.save(intent)
        notices.record(store, "charge.succeeded", charge)
        notices.record(store, "payment_intent.succeeded", intent)
        return intent
    charge = charging.refuse(store, intent, card.declined)
    intent["latest_charge"] = charge["id"]
    notices.record(store, "charge.failed", charge)
    refused = card.declined
    declined = Declined(
        refused.message, code=refused.code, param=refused.param, charge=charge["id"],
        payment_method=store.find(intent["payment_method"]),
    )  # fmt: skip
    if refused.decline_code:
        declined.more["decline_code"] = refused.decline_code
    declined.more["payment_intent"] = _fail(store, intent, declined.body()["error"])
    raise declined


def _fail(store: Store, intent: Json, error: Json) -> Json:
    intent |= {
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    store.save(intent)
    notices.record(store, "payment_intent.payment_failed", intent)
    return intent


def _ask_to_authenticate(call: Call, intent: Json) -> Json:
    challenge = random_text(24)
    url = f"{call.origin}/3d_secure/{intent['id']}?challenge={challenge}"
    return_url = reading.text(call.params, "return_url")
    call.store.hide(intent["id"], challenge=challenge, return_url=return_url)
    if return_url:
        intent["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": url},
        }
    else:
        intent["next_action"] = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url},
        }
    intent |= {"status": "requires_action", "last_payment_error": None}
    call.store.save(intent)
    notices.record(call.store, "payment_intent.requires_action", intent)
    return intent


def _needs_authentication(store: Store, intent: Json) -> Declined:
    refused = cards.Refused(
        "card_declined",
        "Your card was declined. This transaction requires authentication.",
        "authentication_required",
    )
    charge = charging.refuse(store, intent, refused)
    notices.record(store, "charge.failed", charge)
    declined = Declined(
        refused.message, code="authentication_required", charge=charge["id"],
        decline_code=refused.decline_code,
        payment_method=store.find(intent["payment_method"]),
    )  # fmt: skip
    intent["latest_charge"] = charge["id"]
    declined.more["payment_intent"] = _fail(store, intent, declined.body()["error"])
    return declined


def _unexpected(intent: Json, why: str) -> WrongState:
    return WrongState(
        f"You cannot confirm this PaymentIntent because {why}.",
        code="payment_intent_unexpected_state", payment_intent=intent,
    )  # fmt: skip
