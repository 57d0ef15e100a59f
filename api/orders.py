"""Orders: placed by a reseller's own system, and read back."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from api.answering import answer
from api.ordering import shape_of, whole_shape_of
from api.paging import Piece, listing
from api.reading import known, read_body, read_query
from api.repeating import idempotency_key, once_at_the_till
from api.shapes import NewOrder, OrderWithTickets
from core import fees, orders
from core.errors import Invalid
from core.orders import Wanted

bp = Blueprint("orders", __name__, url_prefix="/v1/orders")


@bp.post("")
def create() -> ResponseReturnValue:
    key = idempotency_key()
    wish = read_body(NewOrder)
    plan = fees.plan_of(g.tenant)

    def place() -> OrderWithTickets:
        try:
            order = orders.place(
                wish.show,
                [Wanted(each.ticket_type, each.quantity) for each in wish.items],
                channel="api",
                plan=plan,
                email=orders.clean_email(wish.customer.email),
                name=orders.clean_name(wish.customer.name),
            )
        except Invalid as refusal:
            raise _in_our_words(refusal) from None
        orders.place_free(order)
        return whole_shape_of(order, orders.database_now())

    return once_at_the_till(key, place, status=201)


@bp.get("")
def index() -> ResponseReturnValue:
    piece = read_query(Piece)
    now = orders.database_now()
    found = orders.older(piece.after, limit=piece.limit + 1)
    return answer(listing([shape_of(each, now) for each in found], piece.limit))


@bp.get("/<reference>")
def show(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(known(reference, "order"))
    return answer(whole_shape_of(order, orders.database_now()))


def _in_our_words(refusal: Invalid) -> Invalid:
    """Fields are named as in the request, not as in the storefront's forms."""
    field = refusal.field or ""
    if field.startswith("quantity"):
        refusal.field = "items"
    elif field in {"email", "name"}:
        refusal.field = f"customer.{field}"
    return refusal
