"""At the sandbox: what a customer's browser does there, and notices that nobody needs."""

import base64
import contextlib
import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from core import settings

CARD = "pm_card_visa"
SANDBOX_SECONDS = 10
MANY_NOTICES = 100_000


class NotPaid(Exception):
    """The sandbox did not take the demo's card."""


def confirm(intent_id: str, *, return_url: str) -> None:
    """Pay an intent by card; nothing happens to one that is paid already. Raises NotPaid."""
    login = base64.b64encode(f"{settings.load().stripe_secret_key}:".encode()).decode()
    form = urlencode({"payment_method": CARD, "return_url": return_url}).encode()
    try:
        _post(f"v1/payment_intents/{intent_id}/confirm", form, Authorization=f"Basic {login}")
    except HTTPError as error:
        code = json.load(error)["error"].get("code")
        if code != "payment_intent_unexpected_state":
            raise NotPaid(f"The sandbox refused {intent_id}: {code}.") from error


@contextlib.contextmanager
def without_notices() -> Iterator[None]:
    """Who pays inside settles it too: hundreds of notices would only keep the queue busy."""
    _drop_notices(MANY_NOTICES)
    try:
        yield
    finally:
        _drop_notices(0)


def _drop_notices(count: int) -> None:
    wanted = json.dumps({"drop_notices": count}).encode()
    _post("sandbox/behaviour", wanted, **{"Content-Type": "application/json"})


def _post(path: str, body: bytes, **headers: str) -> None:
    address = f"{settings.load().stripe_api_base}/{path}"
    request = Request(address, data=body, headers=headers)  # noqa: S310  # the operator's own
    with urlopen(request, timeout=SANDBOX_SECONDS):  # noqa: S310
        pass
