"""An order: placed from a show's page, followed while it is paid, kept as long as it matters."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import fees, orders, waitingroom
from core.errors import Refused
from core.orders import Order, PassRequired, PassUsed, Wish
from core.waitingroom import PassExpired, PassNotYours
from core.web import current_visitor
from storefront.guard import is_paused
from storefront.limiting import limit_visitors
from storefront.ordering import OrderView, view_of
from storefront.repeating import place_once, placed_before
from storefront.showing import find_show
from storefront.shows import show_page
from storefront.waiting import choosing, passes

bp = Blueprint("orders", __name__)

FIELD = "quantity-"
STRIPE_SAYS_PAID = frozenset({"succeeded", "processing"})


@bp.post("/shows/<slug>/orders")
@limit_visitors
def create(slug: str) -> ResponseReturnValue:
    plan = fees.plan_of(g.tenant)  # of the platform, so before the reseller's first query
    show = find_show(slug)
    fields = [
        (name.removeprefix(FIELD), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(FIELD)
    ]
    typed = dict(fields)
    visitor = current_visitor()
    show_reference = show.reference
    waitingroom.note_visit(show_reference)
    key = request.form.get("order_key", "")
    try:
        place = passes.admitted(show_reference)
        wish = Wish(
            show_reference,
            orders.read_wanted(fields),
            channel="storefront",
            plan=plan,
            customer_id=visitor.person_id if visitor else None,
            email=visitor.email if visitor else None,
            name=visitor.name if visitor else None,
            place=place,
        )
        reference = place_once(key, typed, wish)
    except (PassRequired, PassUsed, PassExpired, PassNotYours):
        before = placed_before(key, typed)  # while nobody waited, or its pass was good
        if before is not None:
            return redirect(url_for("payments.show", reference=before), 303)
        choosing.keep(show_reference, typed)
        return passes.send_back(show_reference, slug)
    except Refused as refusal:
        if refusal.status in {404, 503}:
            raise
        return show_page(find_show(slug), refusal=refusal, chosen=typed)
    waitingroom.spend(place)
    choosing.forget(show_reference)
    return redirect(url_for("payments.show", reference=reference), 303)


@bp.get("/orders/<reference>")
def show(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(reference)
    view = order_view(order, has_paid=request.args.get("redirect_status") in STRIPE_SAYS_PAID)
    if view.state == "held" and not view.is_processing and not is_paused():
        return redirect(url_for("payments.show", reference=reference))
    return render_template("storefront/orders/show.html", order=view)


@bp.get("/orders/<reference>/status")
def status(reference: str) -> ResponseReturnValue:
    seen = request.args.get("seen")
    view = order_view(orders.get_by_reference(reference), has_paid=seen == "processing")
    if seen == ("processing" if view.is_processing else view.state) and not view.is_settled:
        return "", 204  # nothing to swap: whoever reads the page keeps their place in it
    return render_template("storefront/orders/_order.html", order=view)


def order_view(order: Order, *, has_paid: bool = False) -> OrderView:
    """`has_paid`: as far as the browser says, which proves nothing and only chooses the words."""
    return view_of(order, g.tenant, orders.database_now(), has_paid=has_paid)
