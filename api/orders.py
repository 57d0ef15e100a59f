"""Orders: placed by a reseller's own system, and read back."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from api.answering import answer
from api.guard import NOT_NOW, Paused, is_paused
from api.ordering import shape_of, whole_shape_of
from api.paging import Piece, listing
from api.reading import known, read_body, read_query
from api.repeating import answered_before, idempotency_key, once, repeatable
from api.shapes import NewOrder
from core import fees, orders, tickets, waitingroom
from core.errors import Invalid, Refused
from core.orders import Order, PassRequired, Snapshot, Wanted, Wish
from core.waitingroom import Holder

bp = Blueprint("orders", __name__, url_prefix="/v1/orders")

HOW_TO_BE_ADMITTED = (
    "Take a place with POST /v1/shows/{id}/places; GET the place until its state is admitted, "
    "and send its pass."
)


@bp.post("")
def create() -> ResponseReturnValue:
    key = idempotency_key()
    asked = read_body(NewOrder)
    reseller = g.tenant.reference
    if is_paused(g.caller):
        return answered_before(key, otherwise=Paused(NOT_NOW))
    try:
        email = orders.clean_email(asked.customer.email)
        try:
            place = waitingroom.admit(asked.show, asked.pass_, [Holder.account(email)])
        except Refused as refusal:
            return answered_before(key, otherwise=refusal)
        wish = Wish(
            show=asked.show,
            wanted=[Wanted(each.ticket_type, each.quantity) for each in asked.items],
            channel="api",
            plan=fees.plan_of(g.tenant),
            email=email,
            name=orders.clean_name(asked.customer.name),
            place=place,
        )
        waitingroom.note_visit(asked.show)
        placed = orders.place_once(
            wish,
            once(
                key,
                lambda placed: whole_shape_of(placed, placed.placed_at, reseller),
                status=201,
                word=_in_our_words,
            ),
        )
        if place and placed.answer.status == 201:
            waitingroom.spend(place)
        return repeatable(placed)
    except (Invalid, PassRequired) as refusal:
        raise _in_our_words(refusal) from None


@bp.get("")
def index() -> ResponseReturnValue:
    piece = read_query(Piece)
    now = orders.database_now()
    found = orders.older(piece.after, limit=piece.limit + 1)
    return answer(listing([shape_of(orders.snapshot(each), now) for each in found], piece.limit))


@bp.get("/<reference>")
def show(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(known(reference, "order"))
    return answer(whole_shape_of(whole(order), orders.database_now(), g.tenant.reference))


def whole(order: Order) -> Snapshot:
    """The order as it stands, with all its tickets."""
    return orders.snapshot(order, tickets.of_order(order.id))


def _in_our_words(refusal: Refused) -> Refused:
    """Fields as in the request, not as in the storefront's forms; what to do as a program does."""
    if isinstance(refusal, PassRequired):
        return type(refusal)(f"{refusal} {HOW_TO_BE_ADMITTED}")
    if not isinstance(refusal, Invalid):
        return refusal
    field = refusal.field or ""
    if field.startswith("quantity"):
        refusal.field = "items"
    elif field in {"email", "name"}:
        refusal.field = f"customer.{field}"
    return refusal
