"""What a customer's browser loads: stripe.js, the card form's frame, the bank's page, set-up."""

import hmac
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sandbox import look
from sandbox.stripe import accounts, confirming, currencies
from sandbox.stripe.refusing import Declined, Missing, Refusal
from sandbox.stripe.store import Json

if TYPE_CHECKING:
    from sandbox.stripe.app import StripeSandbox

COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\Z")
THEMES = ("stripe", "night", "flat", "none")
ANY_SITE = "http: https:"


def script(_sandbox: "StripeSandbox", request: Request) -> Response:
    """stripe.js: `window.Stripe`."""
    found = look.asset(request, "stripe.js")
    if found is None:
        raise LookupError("stripe.js")
    found.headers["Access-Control-Allow-Origin"] = "*"
    return found


def card_form(_sandbox: "StripeSandbox", request: Request) -> Response:
    """The frame that holds the card form; its page tells it nothing but looks."""
    theme = request.args.get("theme", "stripe")
    colour = request.args.get("colour", "")
    return look.page(
        "card_form.html",
        framed=ANY_SITE,
        theme=theme if theme in THEMES else "stripe",
        colour=colour if COLOUR.match(colour) else "",
        site=_origin(request.args.get("site", "")),
        key=request.args.get("key", "")[:200],
    )


def show_challenge(sandbox: "StripeSandbox", request: Request, intent: str) -> Response:
    """The bank's page for 3-D Secure."""
    found, hidden = _challenged(sandbox, request, intent)
    back = hidden.get("return_url")
    method = sandbox.store.get(found["payment_method"]) if found["payment_method"] else None
    return look.page(
        "challenge.html",
        # Chrome holds the redirect after a form to form-action too.
        forms=f"'self' {_origin(back)}" if back else "'self'",
        framed=ANY_SITE,
        amount=currencies.write(found["amount"], found["currency"]),
        last4=method["card"]["last4"] if method else "",
        challenge=request.args["challenge"],
    )


def answer_challenge(sandbox: "StripeSandbox", request: Request, intent: str) -> Response:
    """Complete or Fail was pressed: back to the shop, which must not believe the address."""
    if look.is_from_elsewhere(request):
        raise Refusal("Please use the buttons of the bank's page.")
    found, hidden = _challenged(sandbox, request, intent)
    try:
        found = confirming.authenticate(
            sandbox.store, found, succeeded=request.form.get("answer") == "complete"
        )
    except Declined:
        found = sandbox.store.get(intent)
    result = "succeeded" if found["status"] == "succeeded" else "failed"
    back = hidden.get("return_url")
    if not back:
        return look.page("done.html", title="Thank you", text="You can close this page.")
    query = {
        "payment_intent": found["id"],
        "payment_intent_client_secret": found["client_secret"],
        "redirect_status": result,
    }
    return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode(query)}", 303)


def show_setup(sandbox: "StripeSandbox", request: Request, account: str) -> Response:
    """Where the owner of a connected account gives its details."""
    _, hidden = _linked(sandbox, request, account)
    return look.page(
        "setup.html",
        forms=f"'self' {_origin(hidden['return_url'])}",
        account=account,
        link=request.args["link"],
    )


def complete_setup(sandbox: "StripeSandbox", request: Request, account: str) -> Response:
    if look.is_from_elsewhere(request):
        raise Refusal("Please use the button of the set-up page.")
    found, hidden = _linked(sandbox, request, account)
    if request.form.get("answer") == "complete":
        accounts.complete(sandbox.store, found)
    return redirect(hidden["return_url"], 303)


def _challenged(sandbox: "StripeSandbox", request: Request, intent_id: str) -> tuple[Json, Json]:
    found = sandbox.store.find(intent_id, "payment_intent")
    hidden = sandbox.store.hidden(intent_id)
    challenge = hidden.get("challenge")
    given = request.args.get("challenge") or request.form.get("challenge") or ""
    if (
        found is None
        or not challenge
        or not hmac.compare_digest(given.encode(), challenge.encode())
        or found["status"] != "requires_action"
    ):
        raise Missing("challenge", intent_id)
    return found, hidden


def _linked(sandbox: "StripeSandbox", request: Request, account_id: str) -> tuple[Json, Json]:
    found = sandbox.store.find(account_id, "account")
    hidden = sandbox.store.hidden(account_id)
    given = request.args.get("link") or request.form.get("link") or ""
    if (
        found is None
        or not hidden.get("link")
        or not hmac.compare_digest(given.encode(), hidden["link"].encode())
        or hidden["link_until"] < time.time()
    ):
        raise Missing("account link", account_id)
    return found, hidden


def _origin(url: str | None) -> str:
    """'http://shop.localhost:8000', or nothing where that cannot be read."""
    parts = urlsplit(url or "")
    is_good = parts.scheme in {"http", "https"} and re.fullmatch(r"[\w.\-:\[\]]+", parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if is_good else ""


PAGES = (
    ("GET", "/v3/stripe.js", script),
    ("GET", "/v3/", script),
    ("GET", "/elements/payment", card_form),
    ("GET", "/3d_secure/<intent>", show_challenge),
    ("POST", "/3d_secure/<intent>", answer_challenge),
    ("GET", "/setup/<account>", show_setup),
    ("POST", "/setup/<account>", complete_setup),
)
