"""Paying: the checkout at its second step, and starting a payment at Stripe."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import orders, payments
from core.errors import Unavailable
from core.web import limiter
from storefront.checkout import checkout_page

bp = Blueprint("payments", __name__)


@bp.get("/orders/<reference>/payment")
def show(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(reference)
    is_named = order.has_customer and request.args.get("step") != "details"
    return checkout_page(reference, step="payment" if is_named else "details")


@bp.post("/orders/<reference>/payment")
@limiter.limit("60 per minute")
def create(reference: str) -> ResponseReturnValue:
    try:
        payments.start(reference)
    except Unavailable as refusal:
        return checkout_page(reference, step="payment", refusal=refusal)
    return redirect(url_for("payments.show", reference=reference), 303)
