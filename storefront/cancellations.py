"""Letting go of an order that is not paid."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from core import boxoffice, orders, payments
from core.payments import PaymentUnderWay

bp = Blueprint("cancellations", __name__)


@bp.post("/orders/<reference>/cancellation")
def create(reference: str) -> ResponseReturnValue:
    slug = orders.get_by_reference(reference).show.slug
    try:
        payments.stop(reference)
    except PaymentUnderWay:
        return redirect(url_for("orders.show", reference=reference, redirect_status="succeeded"))
    boxoffice.at_the_till(
        lambda: orders.cancel(orders.get_by_reference(reference), reason="by the customer")
    )
    return redirect(url_for("shows.show", slug=slug), 303)
