"""Transfers from the platform's balance to a connected account."""

import time

from sandbox.stripe import balance, currencies, listing, notices, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Refusal, WrongState
from sandbox.stripe.store import Json, new_id, random_text


def create(call: Call) -> Json:
    """Move money that is available. Raises WrongState where there is less."""
    call.only(
        "amount", "currency", "destination", "description", "metadata", "transfer_group",
        "source_transaction", unsupported=("source_type",),
    )  # fmt: skip
    params, store = call.params, call.store
    currency = reading.required(params, "currency").lower()
    reading.required(params, "amount")
    amount = reading.whole(params, "amount") or 0
    if currency not in currencies.KNOWN:
        raise Refusal(f"Invalid currency: {currency}.", param="currency")
    if amount < 1:
        raise Refusal(
            "Invalid positive integer", code="parameter_invalid_integer", param="amount"
        )  # fmt: skip
    account = _destination(call)
    source = reading.text(params, "source_transaction")
    if source is not None:
        call.get("charge", source, param="source_transaction")
    elif balance.sums(store)[0].get(currency, 0) < amount:
        raise WrongState(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )
    transfer_id = new_id("transfer")
    booked = balance.book(
        store, transfer_id, "transfer", -amount, currency, category="transfer",
        description=reading.text(params, "description"),
    )  # fmt: skip
    transfer = store.insert(
        {
            "id": transfer_id,
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "balance_transaction": booked["id"],
            "created": int(time.time()),
            "currency": currency,
            "description": reading.text(params, "description"),
            "destination": account["id"],
            "destination_payment": f"py_{random_text(24)}",
            "livemode": False,
            "metadata": reading.metadata(params),
            "reversals": {
                "data": [],
                "has_more": False,
                "object": "list",
                "url": f"/v1/transfers/{transfer_id}/reversals",
            },
            "reversed": False,
            "source_transaction": source,
            "source_type": "card",
            "transfer_group": reading.text(params, "transfer_group"),
        }
    )
    notices.record(store, "transfer.created", transfer)
    return transfer


def retrieve(call: Call, transfer: str) -> Json:
    call.only()
    return call.get("transfer", transfer)


def page(call: Call) -> Json:
    return listing.page(call, "transfer", "/v1/transfers", by=["destination", "transfer_group"])


def _destination(call: Call) -> Json:
    account = call.store.find(reading.required(call.params, "destination"), "account")
    if account is None:
        raise Refusal(
            f"No such destination: '{call.params['destination']}'",
            code="resource_missing", param="destination",
        )  # fmt: skip
    if account["capabilities"].get("transfers") != "active":
        raise WrongState(
            "Your destination account needs to have the `transfers` capability enabled: its owner "
            "has not finished onboarding.",
            code="insufficient_capabilities_for_transfer",
        )
    return account
