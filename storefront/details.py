"""Whom the order is for: a name and an address to send the tickets to."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import boxoffice, orders
from core.database import transaction
from core.errors import Invalid, Refused
from core.web import form_text, limiter
from storefront.orders import order_view

bp = Blueprint("details", __name__)


@bp.post("/orders/<reference>/customer")
@limiter.limit("60 per minute")
def create(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(reference)
    name, email = form_text("name"), form_text("email")
    try:
        with transaction():
            orders.name_customer(order, name=name, email=email)
    except Invalid as refusal:
        return checkout(reference, refusal=refusal, name=name, email=email)
    if order.total_minor == 0:
        boxoffice.at_the_till(lambda: orders.place_free(orders.get_by_reference(reference)))
        return redirect(url_for("orders.show", reference=reference, payment_intent=""), 303)
    return redirect(url_for("payments.show", reference=reference, step="pay"), 303)


def checkout(
    reference: str, *, refusal: Refused | None = None, name: str = "", email: str = ""
) -> ResponseReturnValue:
    """The checkout at its first step, with what was typed."""
    view = order_view(orders.get_by_reference(reference))
    return render_template(
        "storefront/orders/checkout.html",
        order=view,
        payment=None,
        step="details",
        refusal=refusal,
        typed={"name": name, "email": email},
    ), refusal.status if refusal else 200
