"""Giving money back for tickets."""

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import accounts, boxoffice, money, orders, payments, references, tenancy, tickets
from core.database import transaction
from core.errors import Invalid, Refused
from core.web import form_text, limiter
from dashboard.orders import order_page

bp = Blueprint("refunds", __name__)

MAX_REASON_LENGTH = 200


@bp.post("/orders/<reference>/refunds")
@limiter.limit("60 per minute")
def create(reference: str) -> ResponseReturnValue:
    chosen, reason = request.form.getlist("ticket"), form_text("reason")
    with transaction():  # ended before the platform is written to: one connection at a time
        orders.get_by_reference(reference)
    try:
        _check(chosen, reason)
        _write_down(reference, chosen, reason)
        amount = boxoffice.at_the_till(lambda: _refund(reference, set(chosen), reason))
    except Refused as refusal:
        if refusal.status not in {409, 422}:
            raise
        return order_page(reference, refusal=refusal, chosen=chosen, why=reason)
    flash(f"A refund of {amount} is on its way to the customer.")
    return redirect(url_for("orders.show", reference=reference), 303)


@bp.post("/orders/<reference>/refunds/<refund>/repetition")
@limiter.limit("60 per minute")
def repeat(reference: str, refund: str) -> ResponseReturnValue:
    with transaction():
        orders.get_by_reference(reference)
    with tenancy.on_platform(), transaction():
        accounts.write_audit(
            "refund.asked_again", reference, reseller=g.tenant.reference, refund=refund[:40]
        )
    try:
        boxoffice.at_the_till(
            lambda: payments.ask_again(orders.get_by_reference(reference), refund).reference
        )
    except Refused as refusal:
        if refusal.status not in {409, 422}:
            raise
        return order_page(reference, refusal=refusal)
    flash("The refund was asked for again.")
    return redirect(url_for("orders.show", reference=reference), 303)


def _check(chosen: list[str], reason: str) -> None:
    if not chosen:
        raise Invalid("Please choose at least one ticket.", field="tickets")
    if not all(references.is_one(each, "ticket") for each in chosen):
        raise Invalid("Please choose tickets of this order.", field="tickets")
    if not 1 <= len(reason) <= MAX_REASON_LENGTH:
        raise Invalid(
            f"Please give a reason, at most {MAX_REASON_LENGTH} characters.", field="reason"
        )


def _write_down(reference: str, chosen: list[str], reason: str) -> None:
    """Before it happens: that it was asked for is true whatever comes of it."""
    with tenancy.on_platform(), transaction():
        accounts.write_audit(
            "refund.asked",
            reference,
            reseller=g.tenant.reference,
            tickets=chosen[: orders.MAX_TICKETS],
            reason=reason,
        )


def _refund(reference: str, chosen: set[str], reason: str) -> str:
    order = orders.get_by_reference(reference)
    found = [each for each in tickets.of_order(order.id) if each.reference in chosen]
    if len(found) != len(chosen):
        raise Invalid("Please choose tickets of this order.", field="tickets")
    refund = payments.refund_tickets(order, found, reason=reason)
    return money.formatted(refund.amount_minor, refund.currency)
