"""Paying: the checkout page, and starting a payment at Stripe."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import orders, payments, settings
from core.errors import Refused, Unavailable
from core.orders import OrderState
from core.payments import Payment, PaymentState
from core.web import limiter
from core.web.headers import allow_stripe
from core.web.pages import wants_partial
from storefront.details import checkout
from storefront.orders import order_view

bp = Blueprint("payments", __name__)


@dataclass(frozen=True)
class PaymentView:
    """What the browser needs to mount Stripe's form."""

    client_secret: str
    publishable_key: str
    stripe_js: str
    return_url: str
    failure: str | None


@bp.get("/orders/<reference>/payment")
def show(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(reference)
    view = order_view(order)
    if view.state != OrderState.HELD:
        return render_template("storefront/orders/show.html", order=view)
    if not order.has_customer or request.args.get("step") == "details":
        return checkout(reference, name=view.name, email=view.email)
    allow_stripe()
    return render_template(
        "storefront/orders/checkout.html",
        order=view,
        payment=view_of(payments.find_open(order), reference),
        step="pay",
        refusal=None,
        typed={"name": view.name, "email": view.email},
    )


@bp.post("/orders/<reference>/payment")
@limiter.limit("60 per minute")
def create(reference: str) -> ResponseReturnValue:
    try:
        payment = view_of(payments.start(reference), reference)
        refusal: Refused | None = None
    except Unavailable as down:
        if not wants_partial():
            raise
        payment, refusal = None, down
    if not wants_partial():
        return redirect(url_for("payments.show", reference=reference, step="pay"), 303)
    view = order_view(orders.get_by_reference(reference))
    return render_template(
        "storefront/orders/_payment.html", order=view, payment=payment, refusal=refusal
    )


def view_of(payment: Payment | None, reference: str) -> PaymentView | None:
    """What the browser needs to pay; None while there is no intent to pay."""
    if payment is None or payment.state != PaymentState.OPEN or not payment.client_secret:
        return None
    wanted = settings.load()
    return PaymentView(
        client_secret=payment.client_secret,
        publishable_key=wanted.stripe_publishable_key,
        stripe_js=wanted.stripe_js_url,
        return_url=url_for("orders.show", reference=reference, _external=True),
        failure=payment.failure,
    )
