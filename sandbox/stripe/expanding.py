"""`expand[]`: ids turned into the objects they name."""

from typing import Any

from sandbox.stripe import balance
from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Json, Store

DEPTH_AT_MOST = 4
EXPANDABLE = {
    "payment_intent": {"latest_charge", "customer", "payment_method"},
    "charge": {
        "balance_transaction", "payment_intent", "customer", "refunds",
        "failure_balance_transaction", "dispute", "transfer",
    },
    "refund": {"balance_transaction", "charge", "payment_intent", "failure_balance_transaction"},
    "dispute": {"charge", "payment_intent"},
    "radar.early_fraud_warning": {"charge", "payment_intent"},
    "transfer": {"balance_transaction", "destination", "source_transaction"},
    "balance_transaction": {"source"},
    "payment_method": {"customer"},
    "customer": set(),
    "account": set(),
    "event": set(),
    "account_link": set(),
    "balance": set(),
}  # fmt: skip
REFUNDS_SHOWN = 10


def shown(store: Store, body: Json, wanted: object) -> Json:
    """The object or list as it is answered. Raises Refusal for what cannot be expanded."""
    paths = _paths(wanted)
    if body.get("object") == "list":
        inner = []
        for path in paths:
            if path[0] != "data" or len(path) < 2:
                raise _cannot(path)
            inner.append(path[1:])
        return body | {"data": [_expand(store, one, inner) for one in body["data"]]}
    return _expand(store, body, paths)


def _paths(wanted: object) -> list[list[str]]:
    if wanted is None or wanted == "":
        return []
    if isinstance(wanted, str):
        wanted = [wanted]
    if not isinstance(wanted, list) or not all(isinstance(path, str) for path in wanted):
        raise Refusal("Invalid array", param="expand")
    paths = [path.split(".") for path in wanted]
    for path in paths:
        if len(path) > DEPTH_AT_MOST:
            raise Refusal(
                f"You cannot expand more than {DEPTH_AT_MOST} levels of a property", param="expand"
            )
    return paths


def _expand(store: Store, body: Json, paths: list[list[str]]) -> Json:
    body = _rendered(body)
    for name in {path[0]: None for path in paths}:
        below = [path[1:] for path in paths if path[0] == name and len(path) > 1]
        if name not in EXPANDABLE.get(body["object"], set()):
            raise _cannot([name])
        body = body | {name: _object(store, body, name, below)}
    return body


def _object(store: Store, body: Json, name: str, below: list[list[str]]) -> Any:
    if (body["object"], name) == ("charge", "refunds"):
        return _refunds(store, body, below)
    value = body.get(name)
    found = store.find(value) if isinstance(value, str) else None
    return _expand(store, found, below) if found else value


def _refunds(store: Store, charge: Json, below: list[list[str]]) -> Json:
    found = store.objects(
        "refund", "json_extract(body, '$.charge') = ?", charge["id"], limit=REFUNDS_SHOWN + 1
    )
    listed = {
        "object": "list",
        "data": found[:REFUNDS_SHOWN],
        "has_more": len(found) > REFUNDS_SHOWN,
        "url": f"/v1/charges/{charge['id']}/refunds",
    }
    return shown(store, listed, [".".join(path) for path in below])


def _rendered(body: Json) -> Json:
    return balance.with_status(body) if body["object"] == "balance_transaction" else body


def _cannot(path: list[str]) -> Refusal:
    return Refusal(f"This property cannot be expanded ({'.'.join(path)}).", param="expand")
