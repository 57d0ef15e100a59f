"""The real orders: held at the till, paid at the sandbox, settled as every payment is.

What follows from them (papers, letters, the refunds) is left to the jobs.
"""

import base64
import json
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import sqlalchemy as sa

from core import boxoffice, fees, orders, payments, settings, tenancy, tickets
from core.catalogue import Show
from core.database import db, transaction
from core.failpoints import failpoint
from core.orders import Order, OrderState, Wanted
from core.payments import stripe_gateway
from core.tenancy import Tenant
from serve.demo.world import Purchase, Reseller

CARD = "pm_card_visa"
SANDBOX_SECONDS = 10
CHANNEL = "storefront"
WHY_REFUNDED = "Cannot come after all"
LIVING = (OrderState.HELD, OrderState.PAID, OrderState.REFUNDED)


class NotPaid(Exception):
    """The sandbox did not take the demo's card."""


def buy(spec: Reseller, tenant: Tenant, *, customer_id: int) -> int:
    """Make the purchases that have not been made; answers with how many there are.

    With the reseller bound. Raises NotPaid.
    """
    boxoffice.at_the_till(orders.expire_overdue)  # what a killed run left on hold
    for purchase in spec.orders:
        account_id = customer_id if purchase.customer else None
        name, email = _buyer(spec, purchase)
        reference, state = _find(purchase, email) or _place(
            purchase, tenant, name=name, email=email, customer_id=account_id
        )
        if state == OrderState.HELD:
            _pay(reference, tenant)
        if purchase.refunded:
            _give_back(reference, purchase.refunded)
    return len(spec.orders)


def _buyer(spec: Reseller, purchase: Purchase) -> tuple[str, str]:
    if purchase.customer:
        return spec.customer.name, spec.customer.email
    return purchase.name, purchase.email


def _find(purchase: Purchase, email: str) -> tuple[str, str] | None:
    """Reference and state of the order this purchase has become."""
    with transaction():
        row = db.session.execute(
            sa.select(Order.reference, Order.state)
            .join(Show, Show.id == Order.show_id)
            .where(Show.slug == purchase.show, Order.email == email, Order.state.in_(LIVING))
        ).one_or_none()
    return (row.reference, row.state) if row else None


def _place(
    purchase: Purchase, tenant: Tenant, *, name: str, email: str, customer_id: int | None
) -> tuple[str, str]:
    with transaction():
        show = db.session.scalars(sa.select(Show).where(Show.slug == purchase.show)).one()
        show_reference = show.reference
        types = {each.name: each.reference for each in show.ticket_types}
    wanted = [Wanted(types[type_name], count) for type_name, count in purchase.wanted.items()]

    def place() -> tuple[str, str]:
        order = orders.place(
            show_reference,
            wanted,
            channel=CHANNEL,
            plan=plan,
            email=email,
            name=name,
            customer_id=customer_id,
        )
        return order.reference, order.state

    plan = fees.plan_of(tenant)
    return boxoffice.at_the_till(place)


def _pay(reference: str, tenant: Tenant) -> None:
    failpoint("demo.before_paying")
    payment = payments.start(reference)
    with transaction():
        intent_id = payment.intent_id
    assert intent_id is not None
    _confirm(intent_id, f"{settings.load().origin(tenancy.home_host(tenant))}/orders/{reference}")
    failpoint("demo.before_settling")
    intent = stripe_gateway.fetch_intent(intent_id)
    if intent.status != "succeeded":
        raise NotPaid(f"The sandbox says {intent.status} of {intent_id}.")
    boxoffice.at_the_till(lambda: payments.settle(intent))


def _confirm(intent_id: str, return_url: str) -> None:
    """What the browser does when the customer has typed a card."""
    wanted = settings.load()
    login = base64.b64encode(f"{wanted.stripe_secret_key}:".encode()).decode()
    request = Request(  # noqa: S310  # the address is the operator's own
        f"{wanted.stripe_api_base}/v1/payment_intents/{intent_id}/confirm",
        data=urlencode({"payment_method": CARD, "return_url": return_url}).encode(),
        headers={"Authorization": f"Basic {login}"},
    )
    try:
        with urlopen(request, timeout=SANDBOX_SECONDS):  # noqa: S310
            pass
    except HTTPError as error:
        code = json.load(error)["error"].get("code")
        if code != "payment_intent_unexpected_state":  # else a killed run has paid it already
            raise NotPaid(f"The sandbox refused {intent_id}: {code}.") from error


def _give_back(reference: str, count: int) -> None:
    def give_back() -> None:
        order = orders.get_by_reference(reference)
        if not payments.refunds_of(order):
            chosen = tickets.of_order(order.id)[:count]
            payments.refund_tickets(order, chosen, reason=WHY_REFUNDED)

    boxoffice.at_the_till(give_back)
