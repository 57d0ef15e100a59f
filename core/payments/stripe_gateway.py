"""Stripe over HTTP, in our words. The only module that knows the `stripe` library."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import stripe
import structlog

from core import settings
from core.errors import Unavailable

T = TypeVar("T")

NOTICE_TOLERANCE_SECONDS = 300
NETWORK_RETRIES = 1
BROKE = 500
"""From this status on an answer tells of a fault of Stripe's own."""
MOST_REFUNDS = 100
REFUSALS = (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError)
"""Answers that stay the same however often we ask. All others leave open what Stripe did."""
EXPAND_CHARGE = ["latest_charge.balance_transaction"]

log = structlog.get_logger()


class GatewayDown(Unavailable):
    """Stripe did not answer. Whether it acted is unknown: ask again under the same key."""

    code = "payments_unavailable"
    title = "Payments are slow right now"


class GatewayBroke(GatewayDown):
    """Stripe answered that something broke there. It keeps that answer under the key we used."""


class GatewayBusy(GatewayDown):
    """Stripe was asked too often (429), or would be. It did nothing."""


class GatewayRefused(Exception):
    """Stripe understood and said no; asking the same again will not help."""


class BadSignature(Exception):
    """A notice that Stripe did not sign, or too long ago."""


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent as we need it. Amounts in minor units, currency in ISO capitals."""

    id: str
    status: str
    amount_minor: int
    received_minor: int
    currency: str
    client_secret: str
    charge_id: str | None
    cost_minor: int | None
    failure: str | None
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class ProviderRefund:
    id: str | None
    status: str
    amount_minor: int
    failure: str | None
    reference: str | None = None
    """Ours, as we gave it to Stripe."""


@dataclass(frozen=True)
class Notice:
    """A signed webhook: its id, type, and the object it is about, as Stripe sent it."""

    id: str
    type: str
    about: Mapping[str, Any]
    payload: dict[str, Any]


@lru_cache(maxsize=1)
def _client() -> stripe.StripeClient:
    wanted = settings.load()
    addresses: Any = {"api": wanted.stripe_api_base} if wanted.stripe_api_base else {}
    return stripe.StripeClient(
        wanted.stripe_secret_key,
        base_addresses=addresses,
        http_client=stripe.RequestsClient(timeout=wanted.stripe_timeout_seconds),
        max_network_retries=NETWORK_RETRIES,
    )


def _ask(question: Callable[[], T]) -> T:
    try:
        return question()
    except REFUSALS as error:
        log.info("stripe.refused", error=str(error))
        raise GatewayRefused(error.user_message or str(error)) from error
    except stripe.StripeError as error:  # no answer, 5xx, 429, 409, or a key of ours that is wrong
        log.warning("stripe.down", error=str(error), status=error.http_status)
        raise _down(error)(
            "The payment provider does not answer. Your tickets are still kept for you; "
            "please try again."
        ) from error


def _down(error: stripe.StripeError) -> type[GatewayDown]:
    if isinstance(error, stripe.RateLimitError):
        return GatewayBusy
    is_kept = (error.http_status or 0) >= BROKE
    return GatewayBroke if is_kept else GatewayDown


def _charge(found: Mapping[str, Any]) -> tuple[str | None, int | None]:
    charge = found.get("latest_charge")
    if charge is None or isinstance(charge, str):
        return charge, None
    balance = charge.get("balance_transaction")
    is_known = balance is not None and not isinstance(balance, str)
    return charge["id"], _cost(charge, balance) if is_known else None


def _cost(charge: Mapping[str, Any], balance: Mapping[str, Any]) -> int:
    """Stripe's fee in the charge's currency; it is told in that of our account at Stripe."""
    fee: int = balance["fee"]
    if balance["currency"] == charge["currency"] or not balance.get("exchange_rate"):
        return fee
    return int((Decimal(fee) / Decimal(str(balance["exchange_rate"]))).to_integral_value())


def _intent(answer: stripe.PaymentIntent) -> Intent:
    found = answer.to_dict()
    charge_id, cost_minor = _charge(found)
    error = found.get("last_payment_error")
    return Intent(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        received_minor=found.get("amount_received") or 0,
        currency=found["currency"].upper(),
        client_secret=found.get("client_secret") or "",
        charge_id=charge_id,
        cost_minor=cost_minor,
        failure=(error.get("message") if error else None),
        metadata=dict(found.get("metadata") or {}),
    )


def create_intent(
    *, key: str, amount_minor: int, currency: str, description: str, metadata: dict[str, str]
) -> Intent:
    """Ask for an intent; the same key gives the same intent. Raises GatewayDown, GatewayRefused."""
    return _ask(
        lambda: _intent(
            _client().v1.payment_intents.create(
                {
                    "amount": amount_minor,
                    "currency": currency.lower(),
                    "automatic_payment_methods": {"enabled": True},
                    "description": description,
                    "metadata": metadata,
                },
                {"idempotency_key": key},
            )
        )
    )


def fetch_intent(intent_id: str) -> Intent:
    return _ask(
        lambda: _intent(_client().v1.payment_intents.retrieve(intent_id, {"expand": EXPAND_CHARGE}))
    )


def cancel_intent(intent_id: str) -> Intent:
    """Make sure that nobody can pay it any more. Raises GatewayRefused if somebody just did."""
    return _ask(
        lambda: _intent(
            _client().v1.payment_intents.cancel(
                intent_id,
                {"cancellation_reason": "abandoned"},
                {"idempotency_key": f"cancel-{intent_id}"},
            )
        )
    )


def _refund(answer: stripe.Refund) -> ProviderRefund:
    found = answer.to_dict()
    return ProviderRefund(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        failure=found.get("failure_reason"),
        reference=(found.get("metadata") or {}).get("refund"),
    )


def create_refund(
    *, key: str, intent_id: str, amount_minor: int, metadata: dict[str, str]
) -> ProviderRefund:
    return _ask(
        lambda: _refund(
            _client().v1.refunds.create(
                {"payment_intent": intent_id, "amount": amount_minor, "metadata": metadata},
                {"idempotency_key": key},
            )
        )
    )


def find_refund(*, intent_id: str, reference: str) -> ProviderRefund | None:
    """The refund of an intent that carries our reference, if Stripe ever made it."""
    made = _ask(
        lambda: _client().v1.refunds.list({"payment_intent": intent_id, "limit": MOST_REFUNDS})
    )
    return next((each for each in map(_refund, made.data) if each.reference == reference), None)


def fetch_refund(refund_id: str) -> ProviderRefund:
    return _ask(lambda: _refund(_client().v1.refunds.retrieve(refund_id)))


def read_notice(body: bytes, signature: str) -> Notice:
    """Check a webhook's signature on its raw bytes, and its age. Raises BadSignature."""
    try:
        event = stripe.Webhook.construct_event(
            body, signature, settings.load().stripe_webhook_secret, NOTICE_TOLERANCE_SECONDS
        )
        payload = event.to_dict()
        about = payload["data"]["object"]
        return Notice(id=payload["id"], type=payload["type"], about=about, payload=payload)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        stripe.SignatureVerificationError,
    ) as error:
        raise BadSignature(str(error)) from error
