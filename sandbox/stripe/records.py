"""What can only be read: balance, balance transactions, events."""

from sandbox.stripe import balance, listing, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Json, Store

UNDELIVERED = (
    "EXISTS (SELECT 1 FROM notices WHERE notices.event = objects.id AND state <> 'delivered')"
)


def retrieve_balance(call: Call) -> Json:
    call.only()
    return balance.balance(call.store)


def retrieve_balance_transaction(call: Call, transaction: str) -> Json:
    call.only()
    return call.get("balance_transaction", transaction)


def page_of_balance_transactions(call: Call) -> Json:
    return listing.page(
        call, "balance_transaction", "/v1/balance_transactions", by=["source", "type", "currency"]
    )


def retrieve_event(call: Call, event: str) -> Json:
    call.only()
    return _with_pending(call.store, call.get("event", event))


def page_of_events(call: Call) -> Json:
    """Newest first; `delivery_success=false`: those whose notice is waiting, failed or lost."""
    params, clauses, values = call.params, ["1"], []
    if "delivery_success" in params:
        is_wanted = reading.yes_or_no(params, "delivery_success")
        clauses.append(f"NOT {UNDELIVERED}" if is_wanted else UNDELIVERED)
    kinds = params.get("types")
    if kinds is not None and "type" in params:
        raise Refusal("You may only specify one of these parameters: type, types.")
    if kinds is None and "type" in params:
        kinds = [reading.required(params, "type")]
    if kinds is not None:
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise Refusal("Invalid array", param="types")
        patterns = [kind.replace("*", "%") for kind in kinds]
        named = " OR ".join(["json_extract(body, '$.type') LIKE ?"] * len(patterns))
        clauses.append(f"({named or '1'})")
        values += patterns
    listed = listing.page(
        call, "event", "/v1/events", where=" AND ".join(clauses), values=values,
        also=["type", "types", "delivery_success"],
    )  # fmt: skip
    return listed | {"data": [_with_pending(call.store, event) for event in listed["data"]]}


def _with_pending(store: Store, event: Json) -> Json:
    pending = store.rows(
        "SELECT count(*) FROM notices WHERE event = ? AND state <> 'delivered'", event["id"]
    )[0][0]
    return event | {"pending_webhooks": min(1, pending)}
