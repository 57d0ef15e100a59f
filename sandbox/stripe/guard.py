"""Who may call: the secret key everything, the publishable key what a browser needs."""

import base64
import binascii
import hmac
from dataclasses import dataclass

from werkzeug.datastructures import Headers

from sandbox.stripe.refusing import Forbidden, Refusal, Unauthorised


@dataclass(frozen=True)
class Keys:
    """The one account's keys."""

    secret: str
    publishable: str


def is_browser(keys: Keys, headers: Headers, *, browsers_may: bool) -> bool:
    """Whether the publishable key was used. Raises Unauthorised, Forbidden, Refusal."""
    key = _key(headers.get("Authorization", ""))
    if not key:
        raise Unauthorised(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if headers.get("Stripe-Account"):
        raise Refusal("The sandbox acts for the platform's own account only: no Stripe-Account.")
    if _same(key, keys.secret):
        return False
    if not _same(key, keys.publishable):
        raise Unauthorised(f"Invalid API Key provided: {_hidden(key)}")
    if not browsers_may:
        raise Forbidden(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    return True


def _key(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _same(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode(), ours.encode())


def _hidden(key: str) -> str:
    return f"{key[:8]}{'*' * 12}{key[-4:]}" if len(key) > 16 else "*" * len(key)
