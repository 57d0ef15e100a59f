"""The real orders: held at the till, paid at the sandbox, settled as every payment is.

The customer's papers, letters and refund are left to the jobs, as with any order.
"""

import sqlalchemy as sa

from core import boxoffice, events, fees, orders, payments, settings, tenancy, tickets
from core.catalogue import Show
from core.database import db, transaction
from core.events import Event
from core.failpoints import failpoint
from core.orders import Order, OrderState, Wanted, Wish
from core.payments import stripe_gateway
from core.tenancy import Tenant
from serve.demo import paying
from serve.demo.world import Purchase, Reseller

CHANNEL = "storefront"
WHY_REFUNDED = "Cannot come after all"
LIVING = (OrderState.HELD, OrderState.PAID, OrderState.REFUNDED)


def buy(spec: Reseller, tenant: Tenant, *, customer_id: int) -> int:
    """Make the purchases that have not been made; answers with how many there are.

    With the reseller bound. Raises paying.NotPaid.
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
        if not purchase.customer:
            _spare_papers(reference)
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
            .order_by(Order.id)
            .limit(1)
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

    placed = orders.place(
        Wish(
            show_reference,
            wanted,
            channel=CHANNEL,
            plan=fees.plan_of(tenant),
            email=email,
            name=name,
            customer_id=customer_id,
        )
    )
    return placed.reference, placed.state


def _pay(reference: str, tenant: Tenant) -> None:
    failpoint("demo.before_paying")
    payment = payments.start(reference)
    with transaction():
        intent_id = payment.intent_id
    assert intent_id is not None
    storefront = settings.load().origin(tenancy.home_host(tenant))
    paying.confirm(intent_id, return_url=f"{storefront}/orders/{reference}")
    failpoint("demo.before_settling")
    intent = stripe_gateway.fetch_intent(intent_id)
    if intent.status != "succeeded":
        raise paying.NotPaid(f"The sandbox says {intent.status} of {intent_id}.")
    boxoffice.at_the_till(lambda: payments.settle(intent))


def _spare_papers(reference: str) -> None:
    """Guests get none: printing for all of them would keep the workers from real buyers."""
    with transaction():
        for event in db.session.scalars(
            sa.select(Event).where(
                Event.type == "order.paid",
                Event.subject_reference == reference,
                Event.handled_at.is_(None),
            )
        ):
            for reaction in event.awaits:
                events.mark_done(event.id, reaction)


def _give_back(reference: str, count: int) -> None:
    def give_back() -> None:
        order = orders.get_by_reference(reference)
        if not payments.refunds_of(order):
            chosen = tickets.of_order(order.id)[:count]
            payments.refund_tickets(order, chosen, reason=WHY_REFUNDED)

    boxoffice.at_the_till(give_back)
