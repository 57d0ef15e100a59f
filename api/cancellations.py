"""Letting go of an order that is not paid."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from api.answering import answer
from api.ordering import whole_shape_of
from api.orders import whole
from api.reading import known, read_no_body
from api.repeating import idempotency_key_if_any, once_at_the_till
from api.shapes import OrderWithTickets
from core import boxoffice, orders, payments

bp = Blueprint("cancellations", __name__, url_prefix="/v1/orders")


@bp.post("/<reference>/cancellation")
def create(reference: str) -> ResponseReturnValue:
    key = idempotency_key_if_any()
    read_no_body()
    known(reference, "order")

    orders.get_by_reference(reference)
    payments.stop(reference)

    def cancel() -> OrderWithTickets:
        order = orders.get_by_reference(reference)
        orders.cancel(order, reason=f"by {g.tenant.name}'s system")
        return whole_shape_of(whole(order), orders.database_now(), g.tenant.reference)

    if key is None:
        return answer(boxoffice.at_the_till(cancel))
    return once_at_the_till(key, cancel, status=200)
