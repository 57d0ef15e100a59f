"""Payment intents: create, read, change, cancel. Confirming has its own file."""

import hmac
import time

from sandbox.stripe import confirming, currencies, listing, notices, payment_methods, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Refusal, WrongState
from sandbox.stripe.store import Json, new_id, random_text

CREATE = (
    "amount", "currency", "automatic_payment_methods", "payment_method_types", "metadata",
    "description", "receipt_email", "statement_descriptor_suffix", "statement_descriptor",
    "shipping", "transfer_group", "customer", "capture_method", "confirmation_method",
    "payment_method", "payment_method_data", "confirm", "return_url", "setup_future_usage",
    "off_session", "error_on_requires_action", "use_stripe_sdk", "payment_method_options",
    "radar_options", "amount_details",
)  # fmt: skip
UPDATE = (
    "amount", "currency", "metadata", "description", "receipt_email", "payment_method",
    "payment_method_data", "shipping", "statement_descriptor", "statement_descriptor_suffix",
    "transfer_group", "customer",
)  # fmt: skip
CONFIRM_ONLY = (
    "payment_method", "payment_method_data", "return_url", "off_session", "client_secret",
    "error_on_requires_action", "use_stripe_sdk", "receipt_email", "shipping", "mandate_data",
    "payment_method_options", "radar_options", "expected_payment_method_type",
    "setup_future_usage",
)  # fmt: skip
UNSUPPORTED = (
    "application_fee_amount", "transfer_data", "on_behalf_of", "confirmation_token", "mandate",
    "customer_account", "payment_method_configuration", "hooks", "payment_details",
    "excluded_payment_method_types", "allowed_payment_method_types", "amount_to_confirm",
)  # fmt: skip
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELLABLE = (*OPEN, "requires_capture", "processing")
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
SHOWN_TO_BROWSERS = (
    "id", "object", "amount", "amount_details", "automatic_payment_methods", "canceled_at",
    "cancellation_reason", "capture_method", "client_secret", "confirmation_method", "created",
    "currency", "description", "last_payment_error", "livemode", "next_action", "payment_method",
    "payment_method_configuration_details", "payment_method_types", "processing",
    "receipt_email", "setup_future_usage", "shipping", "source", "status",
)  # fmt: skip


def create(call: Call) -> Json:
    call.only(*CREATE, unsupported=UNSUPPORTED)
    params = call.params
    amount, currency = _price(params)
    if reading.one_of(params, "capture_method", ("automatic", "automatic_async", "manual")) == (
        "manual"
    ):
        raise Refusal("The sandbox captures at once.", param="capture_method")
    automatic = _automatic(params)
    intent_id = new_id("payment_intent")
    method = _method(call)
    confirm = reading.yes_or_no(params, "confirm")
    if not confirm and reading.text(params, "return_url"):
        raise Refusal("`return_url` can only be passed in with confirm=true.", param="return_url")
    intent: Json = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": reading.text(params, "capture_method") or "automatic_async",
        "client_secret": f"{intent_id}_secret_{random_text(25)}",
        "confirmation_method": "automatic",
        "created": int(time.time()),
        "currency": currency,
        "customer": _customer(call),
        "customer_account": None,
        "description": reading.text(params, "description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": reading.metadata(params),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": method["id"] if method else None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": reading.text(params, "receipt_email"),
        "review": None,
        "setup_future_usage": reading.text(params, "setup_future_usage"),
        "shipping": params.get("shipping") or None,
        "source": None,
        "statement_descriptor": reading.text(params, "statement_descriptor"),
        "statement_descriptor_suffix": reading.text(params, "statement_descriptor_suffix"),
        "status": "requires_confirmation" if method else "requires_payment_method",
        "transfer_data": None,
        "transfer_group": reading.text(params, "transfer_group"),
    }
    call.store.insert(intent)
    notices.record(call.store, "payment_intent.created", intent)
    return confirming.confirm(call, intent) if confirm else intent


def retrieve(call: Call, intent: str) -> Json:
    call.only("client_secret")
    return shown_to(call, _get(call, intent))


def update(call: Call, intent: str) -> Json:
    call.only(*UPDATE, unsupported=UNSUPPORTED)
    found, params = _get(call, intent), call.params
    for name in params:
        if name not in {"metadata", "description", "expand"} and found["status"] not in OPEN:
            raise _wrong_state(found, f"This PaymentIntent's {name} could not be updated because")
    if "amount" in params or "currency" in params:
        found["amount"], found["currency"] = _price(
            {"amount": str(found["amount"]), "currency": found["currency"]} | params
        )
    found["metadata"] = reading.metadata(params, found["metadata"])
    for name in (
        "description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix",
        "transfer_group",
    ):  # fmt: skip
        if name in params:
            found[name] = reading.text(params, name)
    if "customer" in params:
        found["customer"] = _customer(call)
    if "shipping" in params:
        found["shipping"] = params["shipping"] or None
    method = _method(call)
    if method:
        found |= {
            "payment_method": method["id"],
            "status": "requires_confirmation",
            "next_action": None,
        }
    return call.store.save(found)


def confirm(call: Call, intent: str) -> Json:
    call.only(*CONFIRM_ONLY, unsupported=UNSUPPORTED)
    found = _get(call, intent)
    method = _method(call)
    if method:
        found["payment_method"] = method["id"]
    return shown_to(call, confirming.confirm(call, found))


def cancel(call: Call, intent: str) -> Json:
    call.only("cancellation_reason")
    found = _get(call, intent)
    if found["status"] not in CANCELLABLE:
        raise _wrong_state(found, "You cannot cancel this PaymentIntent because")
    found |= {
        "status": "canceled",
        "canceled_at": int(time.time()),
        "cancellation_reason": reading.one_of(call.params, "cancellation_reason", REASONS),
        "next_action": None,
    }
    call.store.save(found)
    notices.record(call.store, "payment_intent.canceled", found)
    return found


def page(call: Call) -> Json:
    return listing.page(call, "payment_intent", "/v1/payment_intents", by=["customer"])


def shown_to(call: Call, intent: Json) -> Json:
    """A browser sees less than a server."""
    if not call.from_browser:
        return intent
    return {name: intent[name] for name in SHOWN_TO_BROWSERS}


def _get(call: Call, intent_id: str) -> Json:
    found = call.get("payment_intent", intent_id, param="intent")
    if call.from_browser:
        secret = reading.required(call.params, "client_secret")
        if not hmac.compare_digest(secret.encode(), found["client_secret"].encode()):
            raise Refusal(
                "The client_secret provided does not match any associated PaymentIntent on this "
                "account.",
                code="payment_intent_invalid_parameter", param="client_secret",
            )  # fmt: skip
    return found


def _price(params: Json) -> tuple[int, str]:
    reading.required(params, "amount")
    currency = reading.required(params, "currency").lower()
    amount = reading.whole(params, "amount") or 0
    if currency not in currencies.KNOWN:
        raise Refusal(f"Invalid currency: {currency}.", param="currency")
    if amount < 1:
        raise Refusal(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer", param="amount",
        )  # fmt: skip
    smallest = currencies.SMALLEST_MINOR.get(currency, 1)
    if amount < smallest:
        least = currencies.write(smallest, currency)
        raise Refusal(f"Amount must be at least {least}.", code="amount_too_small", param="amount")
    if amount > currencies.LARGEST_MINOR:
        most = currencies.write(currencies.LARGEST_MINOR, currency)
        raise Refusal(
            f"Amount must be no more than {most}.", code="amount_too_large", param="amount"
        )
    return amount, currency


def _automatic(params: Json) -> Json | None:
    if "payment_method_types" in params:
        types = params["payment_method_types"]
        if types not in (["card"], "card"):
            raise Refusal("The sandbox takes cards only.", param="payment_method_types")
        if "automatic_payment_methods" in params:
            raise Refusal(
                "You may only specify one of these parameters: automatic_payment_methods, "
                "payment_method_types."
            )
        return None
    wanted = reading.mapping(params, "automatic_payment_methods")
    if wanted and not reading.yes_or_no(wanted, "enabled"):
        return None
    redirects = reading.one_of(wanted, "allow_redirects", ("always", "never")) or "always"
    return {"allow_redirects": redirects, "enabled": True}


def _method(call: Call) -> Json | None:
    name = reading.text(call.params, "payment_method")
    if name is not None:
        return payment_methods.from_name(call.store, name)
    if "payment_method_data" in call.params:
        return payment_methods.from_parameters(
            call.store, reading.mapping(call.params, "payment_method_data")
        )
    return None


def _customer(call: Call) -> str | None:
    customer = reading.text(call.params, "customer")
    if customer is not None:
        call.get("customer", customer, param="customer")
    return customer


def _wrong_state(intent: Json, what: str) -> WrongState:
    return WrongState(
        f"{what} it has a status of {intent['status']}. Only a PaymentIntent with one of the "
        f"following statuses allows it: {', '.join(OPEN)}.",
        code="payment_intent_unexpected_state", payment_intent=intent,
    )  # fmt: skip
