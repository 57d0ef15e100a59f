"""Whom the order is for: a name and an address to send the tickets to."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from core import boxoffice, orders, waitingroom
from core.database import transaction
from core.errors import Invalid
from core.orders import Order
from core.web import form_text
from storefront.checkout import begin_payment, checkout_page
from storefront.limiting import limit_visitors

bp = Blueprint("details", __name__)


@bp.post("/orders/<reference>/customer")
@limit_visitors
def create(reference: str) -> ResponseReturnValue:
    name, email = form_text("name"), form_text("email")
    order = orders.get_by_reference(reference)
    is_free = order.total_minor == 0
    try:
        _name(order, name=name, email=email)
    except Invalid as refusal:
        return checkout_page(
            reference, step="details", refusal=refusal, entered={"name": name, "email": email}
        )
    if is_free:
        boxoffice.at_the_till(lambda: orders.place_free(orders.get_by_reference(reference)))
        return redirect(url_for("orders.show", reference=reference), 303)
    return begin_payment(reference)


def _name(order: Order, *, name: str, email: str) -> None:
    waitingroom.check_name(order.place, email)
    if not orders.has_customer_limit(order):
        with transaction():
            orders.name_customer(order, name=name, email=email)
        return
    reference = order.reference
    boxoffice.at_the_till(
        lambda: orders.name_customer(orders.get_by_reference(reference), name=name, email=email)
    )
