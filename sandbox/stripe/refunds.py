"""Refunds: whole or in part, never more than was paid."""

import time

from sandbox.stripe import (
    balance,
    behaviour,
    currencies,
    disputes,
    listing,
    notices,
    payment_methods,
    reading,
)
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Refusal, WrongState
from sandbox.stripe.store import Json, Store, new_id

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
UNSUPPORTED = (
    "refund_application_fee", "reverse_transfer", "instructions_email", "origin", "customer",
    "currency",
)  # fmt: skip


def create(call: Call) -> Json:
    call.only("charge", "payment_intent", "amount", "reason", "metadata", unsupported=UNSUPPORTED)
    reason = reading.one_of(call.params, "reason", REASONS)
    metadata = reading.metadata(call.params)
    amount = reading.whole(call.params, "amount")
    return give_back(call.store, _charge(call), amount, reason=reason, metadata=metadata)


def retrieve(call: Call, refund: str) -> Json:
    call.only()
    return call.get("refund", refund)


def update(call: Call, refund: str) -> Json:
    call.only("metadata")
    found = call.get("refund", refund)
    before = {"metadata": found["metadata"]}
    found["metadata"] = reading.metadata(call.params, found["metadata"])
    call.store.save(found)
    notices.record(call.store, "refund.updated", found, before=before)
    return found


def page(call: Call) -> Json:
    return listing.page(call, "refund", "/v1/refunds", by=["charge", "payment_intent"])


def page_of_charge(call: Call, charge: str) -> Json:
    call.get("charge", charge)
    return listing.page(
        call, "refund", f"/v1/charges/{charge}/refunds",
        where="json_extract(body, '$.charge') = ?", values=[charge],
    )  # fmt: skip


def give_back(
    store: Store, charge: Json, amount_minor: int | None, *, reason: str | None, metadata: Json
) -> Json:
    """Refund a charge; all that is left where no amount is given. Raises WrongState."""
    left_minor = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise WrongState(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left_minor == 0:
        raise WrongState(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount_minor = left_minor if amount_minor is None else amount_minor
    if amount_minor < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount_minor > left_minor:
        wanted = currencies.write(amount_minor, charge["currency"])
        left = currencies.write(left_minor, charge["currency"])
        raise WrongState(
            f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    refund = _keep(store, charge, amount_minor, reason=reason, metadata=metadata)
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount_minor
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    store.save(charge)
    if charge["refunded"]:
        disputes.stop_warning(store, charge["id"])
    notices.record(store, "refund.created", refund)
    notices.record(store, "charge.refunded", charge, before=before)
    return refund


def arrive(store: Store, refund: Json) -> Json:
    """The bank has taken a pending refund."""
    if refund["status"] == "pending":
        _tell(store, refund | {"status": "succeeded"}, {"status": "pending"})
    return refund


def fail(store: Store, refund: Json) -> Json:
    """The bank sent the money back: it is on the account again, and owed to the customer."""
    if refund["status"] not in {"pending", "succeeded"}:
        raise WrongState("This refund has already failed.")
    before = {"status": refund["status"]}
    booked = balance.book(
        store, refund["id"], "refund_failure", refund["amount"], refund["currency"],
        category="refund_failure", description=f"REFUND FAILURE ({refund['charge']})",
    )  # fmt: skip
    refund |= {
        "failure_balance_transaction": booked["id"],
        "failure_reason": "expired_or_canceled_card",
        "status": "failed",
    }
    charge = store.get(refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    store.save(charge)
    _tell(store, refund, before)
    notices.record(store, "refund.failed", refund)
    return refund


def _tell(store: Store, refund: Json, before: Json) -> None:
    store.save(refund)
    notices.record(store, "refund.updated", refund, before=before)
    notices.record(store, "charge.refund.updated", refund, before=before)


def _charge(call: Call) -> Json:
    charge = reading.text(call.params, "charge")
    intent = reading.text(call.params, "payment_intent")
    if charge is None and intent is None:
        raise Refusal(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing", param="charge",
        )  # fmt: skip
    if charge is None and intent is not None:
        found = call.get("payment_intent", intent, param="payment_intent")
        if found["status"] != "succeeded":
            raise WrongState(
                f"This PaymentIntent ({intent}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state", param="payment_intent",
            )  # fmt: skip
        charge = found["latest_charge"]
    taken = call.get("charge", charge or "", param="charge")
    if intent is not None and taken["payment_intent"] != intent:
        raise Refusal("The charge does not belong to the payment_intent.", param="charge")
    if not taken["paid"]:
        raise WrongState(f"Charge {taken['id']} was not successful; cannot issue a refund.")
    return taken


def _keep(
    store: Store, charge: Json, amount_minor: int, *, reason: str | None, metadata: Json
) -> Json:
    refund_id = new_id("refund")
    booked = balance.book(
        store, refund_id, "refund", -amount_minor, charge["currency"],
        category="refund", description=f"REFUND FOR CHARGE ({charge['id']})",
    )  # fmt: skip
    card = payment_methods.card_of(store, charge["payment_method"])
    after_seconds = behaviour.current(store)["later_seconds"]
    if card.refund_later and after_seconds:
        store.later(card.refund_later, refund_id, after_seconds=after_seconds)
    return store.insert(
        {
            "id": refund_id,
            "object": "refund",
            "amount": amount_minor,
            "balance_transaction": booked["id"],
            "charge": charge["id"],
            "created": int(time.time()),
            "currency": charge["currency"],
            "customer": charge["customer"],
            "customer_account": None,
            "destination_details": {
                "card": {
                    "reference_status": "pending",
                    "reference_type": "acquirer_reference_number",
                    "type": "refund",
                },
                "type": "card",
            },
            "metadata": metadata,
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "pending" if card.refund_later == "refund_arrives" else "succeeded",
            "transfer_reversal": None,
        }
    )
