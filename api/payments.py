"""Starting a payment: what a browser needs to pay at Stripe."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from api.answering import answer
from api.reading import known, read_no_body
from api.shapes import Payment
from core import payments, settings

bp = Blueprint("payments", __name__, url_prefix="/v1/orders")


@bp.post("/<reference>/payment")
def create(reference: str) -> ResponseReturnValue:
    read_no_body()
    payment = payments.start(known(reference, "order"))
    return answer(
        Payment(
            client_secret=payment.client_secret,
            publishable_key=settings.load().stripe_publishable_key,
            state=payment.state,
        )
    )
