"""The stand-in's own controls under `/sandbox`: what comes days later, and misbehaviour."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sandbox import look
from sandbox.stripe import balance, behaviour, cards, currencies, disputes, notices, refunds
from sandbox.stripe.refusing import Forbidden, Missing, Refusal, WrongState
from sandbox.stripe.store import Json, Store

if TYPE_CHECKING:
    from sandbox.stripe.app import StripeSandbox

PAYMENTS_SHOWN = 25
NOTICES_SHOWN = 40


def show(sandbox: "StripeSandbox", _request: Request) -> Response:
    """The page for people."""
    store = sandbox.store
    available, pending = balance.sums(store)
    return look.page(
        "controls.html",
        payments=[
            _row(store, intent) for intent in store.objects("payment_intent", limit=PAYMENTS_SHOWN)
        ],
        notices=_notices(store),
        cards=cards.CARDS,
        behaviour=behaviour.current(store),
        usual=behaviour.USUAL,
        meanings=behaviour.MEANINGS,
        balances=[
            currencies.write(available[currency] + pending[currency], currency)
            for currency in sorted(available)
        ],
        target=(store.setting("webhook") or {}).get("url"),
    )


def show_behaviour(sandbox: "StripeSandbox", _request: Request) -> Response:
    return _json(behaviour.current(sandbox.store))


def change_behaviour(sandbox: "StripeSandbox", request: Request) -> Response:
    return _json(behaviour.change(sandbox.store, _wanted(request)))


def dispute(sandbox: "StripeSandbox", request: Request, intent: str) -> Response:
    wanted, charge = _wanted(request), _charge(sandbox.store, intent)
    reason = str(wanted.get("reason", "fraudulent"))
    return _done(request, disputes.open_one(sandbox.store, charge, reason=reason))


def warn(sandbox: "StripeSandbox", request: Request, intent: str) -> Response:
    wanted, charge = _wanted(request), _charge(sandbox.store, intent)
    kind = str(wanted.get("fraud_type", "made_with_stolen_card"))
    return _done(request, disputes.warn(sandbox.store, charge, fraud_type=kind))


def refund(sandbox: "StripeSandbox", request: Request, intent: str) -> Response:
    """A refund nobody asked for through the API, as from Stripe's dashboard."""
    wanted, charge = _wanted(request), _charge(sandbox.store, intent)
    amount = wanted.get("amount")
    if amount is not None and not isinstance(amount, int):
        raise Refusal("amount must be minor units", param="amount")
    return _done(
        request,
        refunds.give_back(
            sandbox.store, charge, amount, reason="requested_by_customer", metadata={}
        ),
    )


def fail_refund(sandbox: "StripeSandbox", request: Request, refund: str) -> Response:
    _wanted(request)
    found = sandbox.store.find(refund, "refund")
    if found is None:
        raise Missing("refund", refund)
    return _done(request, refunds.fail(sandbox.store, found))


def close_dispute(sandbox: "StripeSandbox", request: Request, dispute: str) -> Response:
    status = _wanted(request).get("status")
    if status not in {"won", "lost"}:
        raise Refusal("status must be won or lost", param="status")
    found = sandbox.store.find(dispute, "dispute")
    if found is None:
        raise Missing("dispute", dispute)
    return _done(request, disputes.settle(sandbox.store, found, won=status == "won"))


def resend(sandbox: "StripeSandbox", request: Request, event: str) -> Response:
    _wanted(request)
    if not notices.send_again(sandbox.store, event):
        raise Missing("event", event)
    return _done(request, {"event": event})


def reset(sandbox: "StripeSandbox", request: Request) -> Response:
    """Forget everything but where notices go."""
    _wanted(request)
    sandbox.store.reset()
    sandbox.deliverer.configure()
    return _done(request, {"reset": True})


def _wanted(request: Request) -> Json:
    """The JSON or form of a control call. Raises Forbidden for another site's page."""
    if look.is_from_elsewhere(request):
        raise Forbidden("Only the sandbox's own page and programs may do this.")
    body = request.get_data().strip()
    if body and not body.startswith((b"{", b"[")):
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal("Please send a JSON object.")
    return found


def _charge(store: Store, intent_id: str) -> Json:
    intent = store.find(intent_id, "payment_intent")
    if intent is None:
        raise Missing("payment_intent", intent_id)
    if intent["status"] != "succeeded":
        raise WrongState("Nothing was paid yet.")
    return store.get(intent["latest_charge"])


def _row(store: Store, intent: Json) -> Json:
    charge = store.find(intent["latest_charge"]) if intent["latest_charge"] else None
    opened = _about(store, "dispute", charge)
    warned = _about(store, "radar.early_fraud_warning", charge)
    is_paid = intent["status"] == "succeeded"
    left_minor = (charge["amount_captured"] - charge["amount_refunded"]) if charge else 0
    return {
        "intent": intent,
        "amount": currencies.write(intent["amount"], intent["currency"]),
        "card": charge["payment_method_details"]["card"] if charge else None,
        "refunded": currencies.write(charge["amount_refunded"], intent["currency"])
        if charge and charge["amount_refunded"]
        else None,
        "dispute": opened,
        "warning": warned,
        "can_dispute": is_paid and not opened and left_minor > 0,
        "can_warn": is_paid and not warned,
        "can_refund": is_paid and not opened and left_minor > 0,
    }


def _about(store: Store, kind: str, charge: Json | None) -> Json | None:
    if charge is None:
        return None
    found = store.objects(kind, "json_extract(body, '$.charge') = ?", charge["id"], limit=1)
    return found[0] if found else None


def _notices(store: Store) -> list[dict[str, Any]]:
    rows = store.rows(
        "SELECT event, state, attempts, result, due_at, delivered_at FROM notices"
        " ORDER BY number DESC LIMIT ?",
        NOTICES_SHOWN,
    )
    names = ("event", "state", "attempts", "result", "due_at", "delivered_at")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return [row | {"event": store.get(row["event"])} for row in found]


def _json(body: Json) -> Response:
    return Response(json.dumps(body), mimetype="application/json")


def _done(request: Request, body: Json) -> Response:
    """A person's form goes back to the page, a program reads the object."""
    if (
        request.mimetype == "application/x-www-form-urlencoded"
        and request.accept_mimetypes.best_match(["application/json", "text/html"]) == ("text/html")
    ):
        return redirect("/sandbox", 303)
    return _json(body)


PAGES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("GET", "/", lambda _sandbox, _request: redirect("/sandbox")),
    ("GET", "/sandbox", show),
    ("GET", "/sandbox/behaviour", show_behaviour),
    ("POST", "/sandbox/behaviour", change_behaviour),
    ("POST", "/sandbox/payment_intents/<intent>/dispute", dispute),
    ("POST", "/sandbox/payment_intents/<intent>/early_fraud_warning", warn),
    ("POST", "/sandbox/payment_intents/<intent>/refund", refund),
    ("POST", "/sandbox/disputes/<dispute>/close", close_dispute),
    ("POST", "/sandbox/refunds/<refund>/fail", fail_refund),
    ("POST", "/sandbox/events/<event>/resend", resend),
    ("POST", "/sandbox/reset", reset),
)
