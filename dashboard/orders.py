"""Orders: looking them up, and one with all that ever happened to it."""

import unicodedata

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from core import catalogue, orders
from core.errors import Invalid, Refused
from core.orders import OrderState
from dashboard.ordering import view_of
from dashboard.showing import row_of

bp = Blueprint("orders", __name__)

PER_PAGE = 25


@bp.get("/orders")
def index() -> ResponseReturnValue:
    text, state, show = _asked("q"), _asked("state"), _asked("show")
    found = orders.search(
        text=text,
        state=_state(state) if state else None,
        show_id=catalogue.get_any_show(show).id if show else None,
        after=_asked("after") or None,
        limit=PER_PAGE,
    )
    now = orders.database_now()
    return render_template(
        "dashboard/orders/index.html",
        orders=[row_of(each, g.tenant, now) for each in found.orders],
        next_after=found.next_after,
        is_first=not request.args.get("after"),
        asked={"q": text, "state": state, "show": show},
        states=list(OrderState),
        shows=catalogue.all_shows(),
    )


@bp.get("/orders/<reference>")
def show(reference: str) -> ResponseReturnValue:
    return order_page(reference)


def order_page(
    reference: str,
    *,
    refusal: Refused | None = None,
    chosen: list[str] | None = None,
    why: str = "",
) -> ResponseReturnValue:
    """An order's page; with what was asked for, and why it was refused."""
    order = orders.get_by_reference(reference)
    return render_template(
        "dashboard/orders/show.html",
        order=view_of(order, g.tenant, orders.database_now()),
        errors=_errors(refusal),
        chosen=chosen or [],
        why=why,
    ), refusal.status if refusal else 200


def _errors(refusal: Refused | None) -> list[tuple[str | None, str]]:
    if refusal is None:
        return []
    return [(refusal.field if isinstance(refusal, Invalid) else None, str(refusal))]


def _asked(name: str) -> str:
    """A field of the query, without what cannot be seen."""
    text = request.args.get(name, "")
    return "".join(c for c in text if unicodedata.category(c)[0] != "C").strip()


def _state(text: str) -> OrderState:
    try:
        return OrderState(text)
    except ValueError:
        raise Invalid("There is no such state of an order.", field="state") from None
