"""The checkout page: who you are, then how you pay, beside what you are about to buy."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from core import orders, payments, settings
from core.errors import Refused
from core.orders import OrderState
from core.payments import Payment, PaymentState
from core.web.headers import allow_stripe
from core.web.refusing import listed
from storefront.orders import order_view


@dataclass(frozen=True)
class PaymentView:
    """What the browser needs to mount Stripe's form."""

    client_secret: str
    publishable_key: str
    stripe_js_url: str
    return_url: str


def payment_view(payment: Payment | None, reference: str) -> PaymentView | None:
    """What the browser needs to pay; None while there is no intent to pay."""
    if payment is None or payment.state != PaymentState.OPEN or not payment.client_secret:
        return None
    wanted = settings.load()
    return PaymentView(
        client_secret=payment.client_secret,
        publishable_key=wanted.stripe_publishable_key,
        stripe_js_url=wanted.stripe_js_url,
        return_url=url_for("orders.show", reference=reference, _external=True),
    )


def checkout_page(
    reference: str,
    *,
    step: str,
    refusal: Refused | None = None,
    entered: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """The checkout at 'details' or 'payment'; the order's own page if it is not held any more."""
    order = orders.get_by_reference(reference)
    view = order_view(order)
    if view.state != OrderState.HELD:
        return render_template("storefront/orders/show.html", order=view)
    if step == "payment":
        allow_stripe()
    return render_template(
        "storefront/orders/checkout.html",
        order=view,
        payment=payment_view(payments.find_open(order), reference) if step == "payment" else None,
        step=step,
        errors=listed(refusal),
        entered=entered,
    ), refusal.status if refusal else 200
