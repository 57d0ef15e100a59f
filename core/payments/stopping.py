"""Stopping a payment that was begun, so that nobody pays for what is about to be let go."""

from core import boxoffice, orders
from core.database import transaction
from core.errors import Conflict
from core.payments import stripe_gateway
from core.payments.queries import find_open
from core.payments.settling import settle
from core.payments.stripe_gateway import GatewayRefused


class PaymentUnderWay(Conflict):
    """The customer has paid, or is doing so at this moment."""

    code = "payment_under_way"
    title = "This order is being paid"


def stop(order_reference: str) -> None:
    """Make sure that an order cannot be paid any more; nothing happens if it never could be.

    Call it outside of any transaction. Raises NotFound, PaymentUnderWay, GatewayDown.
    """
    with transaction():
        payment = find_open(orders.get_by_reference(order_reference))
        intent_id = payment.intent_id if payment else None
    if intent_id is None:
        return
    try:
        intent = stripe_gateway.cancel_intent(intent_id)
    except GatewayRefused:
        intent = stripe_gateway.fetch_intent(intent_id)
    boxoffice.at_the_till(lambda: settle(intent))
    if intent.status != "canceled":
        raise PaymentUnderWay("The payment has just gone through; the order cannot be let go now.")
