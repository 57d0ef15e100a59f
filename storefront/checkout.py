"""The checkout page: who you are, then how you pay, beside what you are about to buy."""

from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import orders, payments, settings
from core.errors import Conflict, Refused, Unavailable
from core.orders import OrderState
from core.payments import Payment, PaymentState, PaymentWaits
from core.web import wants_partial
from core.web.headers import allow_stripe
from core.web.refusing import listed
from storefront.orders import order_view

LONGEST_LOOK_SECONDS = 20
"""A page that waits for its turn asks again after so long: meanwhile others may have given up."""


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


@dataclass(frozen=True)
class TurnView:
    """An order that waits for its turn to pay."""

    wait_seconds: int

    @property
    def ask_again_seconds(self) -> int:
        return min(payments.ask_again_seconds(self.wait_seconds), LONGEST_LOOK_SECONDS)

    @property
    def words(self) -> str:
        if self.wait_seconds < 60:
            return f"{self.wait_seconds} second{'s' if self.wait_seconds > 1 else ''}"
        minutes = -(-self.wait_seconds // 60)
        return f"{minutes} minute{'s' if minutes > 1 else ''}"


def begin_payment(reference: str) -> ResponseReturnValue:
    """Start the payment of an order and go where it is paid, or where it waits for its turn."""
    try:
        payments.start(reference)
    except PaymentWaits as waits:
        return _turn_page(reference, waits.wait_seconds)
    except Unavailable as refusal:
        return checkout_page(reference, step="payment", refusal=refusal)
    except Conflict:
        if not wants_partial():
            raise
    return _go_to_payment(reference)


def _turn_page(reference: str, wait_seconds: int) -> ResponseReturnValue:
    """Where an order waits: a page of its own, so that it can be loaded again, or a piece of it."""
    if not wants_partial():
        return _go_to_payment(reference, wait=wait_seconds)
    view = order_view(orders.get_by_reference(reference))
    if request.form.get("kept_until") != view.expires_at.isoformat():
        return _go_to_payment(reference, wait=wait_seconds)  # the clock on the page is wrong now
    return render_template("storefront/orders/_turn.html", order=view, turn=TurnView(wait_seconds))


def _go_to_payment(reference: str, *, wait: int | None = None) -> ResponseReturnValue:
    address = url_for("payments.show", reference=reference, wait=wait)
    if wants_partial():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _find_turn(reference: str) -> TurnView | None:
    """The turn an order waits for; as its browser was told, where nobody knows better."""
    wait_seconds = payments.find_wait(reference)
    if wait_seconds is None:
        wait_seconds = request.args.get("wait", 0, type=int)
    return TurnView(min(wait_seconds, orders.MAX_HOLD_MINUTES * 60)) if wait_seconds > 0 else None


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
    is_paying = step == "payment"
    if is_paying:
        allow_stripe()
    payment = payment_view(payments.find_open(order), reference) if is_paying else None
    errors = listed(refusal)
    if is_paying and wants_partial():
        return render_template(
            "storefront/orders/_payment.html", order=view, payment=payment, errors=errors
        )
    is_waiting = is_paying and payment is None and refusal is None
    return render_template(
        "storefront/orders/checkout.html",
        order=view,
        payment=payment,
        turn=_find_turn(reference) if is_waiting else None,
        step=step,
        errors=errors,
        entered=entered,
    ), refusal.status if refusal else 200
