"""Disputes and early fraud warnings: what a cardholder's bank says days after the sale."""

import time

from sandbox.stripe import balance, listing, notices, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Refusal, WrongState
from sandbox.stripe.store import Json, Store, new_id

ANSWER_WITHIN_SECONDS = 7 * 86_400
OPEN = ("needs_response", "under_review")
REASON_CODES = {"fraudulent": "10.4", "product_not_received": "13.1", "duplicate": "12.6.1"}
REASONS = (*REASON_CODES, "subscription_canceled", "product_unacceptable", "general")
FRAUD_TYPES = (
    "made_with_stolen_card", "made_with_lost_card", "unauthorized_use_of_card", "misc",
)  # fmt: skip
WINNING, LOSING = "winning_evidence", "losing_evidence"
"""What Stripe's test mode takes as `evidence[uncategorized_text]` to decide a dispute."""
EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def retrieve(call: Call, dispute: str) -> Json:
    call.only()
    return call.get("dispute", dispute)


def page(call: Call) -> Json:
    return listing.page(call, "dispute", "/v1/disputes", by=["charge", "payment_intent"])


def update(call: Call, dispute: str) -> Json:
    """Keep evidence; send it to the bank unless submit=false."""
    call.only("evidence", "metadata", "submit")
    found = call.get("dispute", dispute)
    if found["status"] not in OPEN:
        raise WrongState("This dispute is already closed.", code="dispute_already_closed")
    before = {"evidence": dict(found["evidence"]), "status": found["status"]}
    found["metadata"] = reading.metadata(call.params, found["metadata"])
    evidence = reading.mapping(call.params, "evidence")
    for name in evidence:
        if name not in EVIDENCE:
            raise Refusal(f"Received unknown parameter: evidence[{name}]", param="evidence")
        found["evidence"][name] = reading.text(evidence, name)
    details = found["evidence_details"]
    details["has_evidence"] = any(found["evidence"][name] for name in EVIDENCE)
    if evidence and reading.yes_or_no(call.params, "submit", default=True):
        details["submission_count"] += 1
        found["status"] = "under_review"
    call.store.save(found)
    notices.record(call.store, "charge.dispute.updated", found, before=before)
    told = found["evidence"]["uncategorized_text"]
    if found["status"] == "under_review" and told in {WINNING, LOSING}:
        return settle(call.store, found, won=told == WINNING)
    return found


def close(call: Call, dispute: str) -> Json:
    """Accept it: the money is lost."""
    call.only()
    return settle(call.store, call.get("dispute", dispute), won=False)


def open_one(store: Store, charge: Json, *, reason: str = "fraudulent") -> Json:
    """The cardholder disputes the charge; its money leaves. Raises WrongState, Refusal."""
    if reason not in REASONS:
        raise Refusal(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason")
    amount_minor = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] or not charge["paid"] or not amount_minor:
        raise WrongState("Only a paid charge that is neither disputed nor refunded can be.")
    dispute_id = new_id("dispute")
    booked = balance.book(
        store, dispute_id, "adjustment", -amount_minor, charge["currency"],
        category="dispute", fee_minor=balance.DISPUTE_FEE_MINOR,
        description=f"Chargeback withdrawal for {charge['id']}",
    )  # fmt: skip
    dispute = store.insert(_dispute(charge, dispute_id, amount_minor, reason, booked))
    charge["disputed"] = True
    store.save(charge)
    stop_warning(store, charge["id"])
    notices.record(store, "charge.dispute.created", dispute)
    notices.record(store, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def settle(store: Store, dispute: Json, *, won: bool) -> Json:
    """The bank has decided; a won dispute's money comes back, its fee does not."""
    if dispute["status"] not in OPEN:
        raise WrongState("This dispute is already closed.", code="dispute_already_closed")
    before = {"status": dispute["status"]}
    dispute |= {"status": "won" if won else "lost", "is_charge_refundable": False}
    if won:
        booked = balance.book(
            store, dispute["id"], "adjustment", dispute["amount"], dispute["currency"],
            category="dispute_reversal", description=f"Chargeback reversal for {dispute['charge']}",
        )  # fmt: skip
        dispute["balance_transactions"].append(balance.with_status(booked))
    store.save(dispute)
    notices.record(store, "charge.dispute.closed", dispute, before=before)
    if won:
        notices.record(store, "charge.dispute.funds_reinstated", dispute)
    return dispute


def retrieve_warning(call: Call, warning: str) -> Json:
    call.only()
    return call.get("radar.early_fraud_warning", warning)


def page_of_warnings(call: Call) -> Json:
    return listing.page(
        call, "radar.early_fraud_warning", "/v1/radar/early_fraud_warnings",
        by=["charge", "payment_intent"],
    )  # fmt: skip


def warn(store: Store, charge: Json, *, fraud_type: str = "made_with_stolen_card") -> Json:
    """The card's bank suspects fraud. Raises WrongState, Refusal."""
    if fraud_type not in FRAUD_TYPES:
        raise Refusal(f"fraud_type must be one of {', '.join(FRAUD_TYPES)}", param="fraud_type")
    if _warnings(store, charge["id"]) or not charge["paid"]:
        raise WrongState("Only a paid charge that was not warned about yet can be.")
    warning = store.insert(
        {
            "id": new_id("radar.early_fraud_warning"),
            "object": "radar.early_fraud_warning",
            "actionable": not charge["disputed"] and not charge["refunded"],
            "charge": charge["id"],
            "created": int(time.time()),
            "fraud_type": fraud_type,
            "livemode": False,
            "payment_intent": charge["payment_intent"],
        }
    )
    notices.record(store, "radar.early_fraud_warning.created", warning)
    return warning


def _warnings(store: Store, charge_id: str) -> list[Json]:
    return store.objects(
        "radar.early_fraud_warning", "json_extract(body, '$.charge') = ?", charge_id, limit=1
    )


def stop_warning(store: Store, charge_id: str) -> None:
    """Nothing can be done about it any more."""
    for warning in _warnings(store, charge_id):
        store.save(warning | {"actionable": False})


def _dispute(
    charge: Json, dispute_id: str, amount_minor: int, reason: str, booked: Json
) -> Json:  # fmt: skip
    now, brand = int(time.time()), charge["payment_method_details"]["card"]["brand"]
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount_minor,
        "balance_transactions": [balance.with_status(booked)],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + ANSWER_WITHIN_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": "chargeback",
                "network": brand,
                "network_reason_code": REASON_CODES.get(reason, "10.4"),
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }
