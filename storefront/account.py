"""A customer's own orders."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core import orders as all_orders
from core.web import current_visitor, require_visitor
from storefront.listing import row_of

bp = Blueprint("account", __name__)


@bp.get("/my-tickets")
def orders() -> ResponseReturnValue:
    turned_away = require_visitor("sign_ins.new")
    visitor = current_visitor()
    if turned_away is not None or visitor is None:
        return turned_away or ""
    now = all_orders.database_now()
    rows = [row_of(each, now) for each in all_orders.of_customer(visitor.person_id)]
    return render_template(
        "storefront/account/orders.html",
        upcoming_orders=[each for each in rows if not each.is_over],
        past_orders=[each for each in rows if each.is_over],
    )
