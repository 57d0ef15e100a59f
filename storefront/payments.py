"""Paying: the checkout at its second step, and starting a payment at Stripe."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core import orders
from storefront.checkout import begin_payment, checkout_page
from storefront.limiting import limit_visitors

bp = Blueprint("payments", __name__)


@bp.get("/orders/<reference>/payment")
def show(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(reference)
    is_named = order.has_customer and request.args.get("step") != "details"
    return checkout_page(reference, step="payment" if is_named else "details")


@bp.post("/orders/<reference>/payment")
@limit_visitors
def create(reference: str) -> ResponseReturnValue:
    return begin_payment(reference)
