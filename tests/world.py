"""Making the things that tests are about, by the front doors of core."""

import secrets
from datetime import timedelta
from typing import Any

from core import accounts, boxoffice, catalogue, clock, orders, payments, tenancy
from core.catalogue import Show, TicketType
from core.database import db, transaction
from core.moves import move
from core.orders import Order, Wanted, Wish
from core.payments import Payment, PaymentState, starting, stripe_gateway
from core.payments.states import PAYMENT_LIFE
from core.tenancy import Tenant

PASSWORD = "correct horse battery"


def open_reseller(**facts: Any) -> Tenant:
    slug = facts.pop("slug", f"house-{secrets.token_hex(4)}")
    return tenancy.open_reseller(
        slug=slug,
        **{
            "name": "House of Music",
            "legal_name": "House of Music GmbH",
            "email": "office@house.example",
            "address": "Ringstrasse 1\n10115 Berlin",
            "country": "DE",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            **facts,
        },
    )


def add_show(*, is_published: bool = True, **facts: Any) -> Show:
    """A show of the bound reseller that is on sale, unless `facts` say otherwise."""
    now = clock.now()
    with transaction():
        show = catalogue.add_show(
            **{
                "title": "Winter Concert",
                "place_name": "Great Hall",
                "place_address": "Ringstrasse 1, Berlin",
                "time_zone": "Europe/Berlin",
                "starts_at": now + timedelta(days=30),
                "doors_at": now + timedelta(days=30, hours=-1),
                "ends_at": now + timedelta(days=30, hours=3),
                "on_sale_at": now - timedelta(days=1),
                "off_sale_at": now + timedelta(days=30),
                "currency": tenancy.current().currency,
                **facts,
            }
        )
        if is_published:
            add_type(show)
            catalogue.publish(show)
    return show


def add_type(show: Show, **facts: Any) -> TicketType:
    """Without a commit of its own."""
    return catalogue.add_ticket_type(
        show, **{"name": "Standard", "price_minor": 2500, "capacity": 10, **facts}
    )


def place(show: Show, quantity: int = 2, **facts: Any) -> Order:
    """A held order with a customer."""
    wanted = [Wanted(catalogue.ticket_types(show)[0].reference, quantity)]
    wish = Wish(
        **{
            "show": show.reference,
            "wanted": wanted,
            "channel": "storefront",
            "name": "Ada Lovelace",
            "email": "ada@example.org",
            **facts,
        }
    )
    return orders.get_by_reference(orders.place(wish).reference)


def intent_for(payment: Any, status: str = "succeeded", **facts: Any) -> stripe_gateway.Intent:
    """What Stripe would say about a payment."""
    is_paid = status == "succeeded"
    return stripe_gateway.Intent(
        **{
            "id": payment.intent_id or "pi_test",
            "status": status,
            "amount_minor": payment.amount_minor,
            "received_minor": payment.amount_minor if is_paid else 0,
            "currency": payment.currency,
            "client_secret": "pi_test_secret",
            "charge_id": "ch_test" if is_paid else None,
            "cost_minor": 100 if is_paid else None,
            "failure": None,
            "metadata": {"payment": payment.reference},
            **facts,
        }
    )


def open_payment(order: Order, **facts: Any) -> Payment:
    """A payment of a held order whose intent exists at Stripe. `facts` are columns of it."""
    with transaction():
        payment = starting._begin(orders.get(order.id))
        move(
            PAYMENT_LIFE,
            payment,
            PaymentState.OPEN,
            reason="intent made",
            **{"intent_id": f"pi_{payment.id}", "client_secret": "secret", **facts},
        )
    return payment


def pay(reference: str) -> None:
    """Let the money for a held order come in, as Stripe would tell of it."""
    intent = intent_for(open_payment(orders.get_by_reference(reference)))
    assert boxoffice.at_the_till(lambda: payments.settle(intent)) == "paid"


def add_customer(email: str = "ada@example.org") -> accounts.Customer:
    with transaction():
        return accounts.add_customer(email=email, name="Ada Lovelace", password=PASSWORD)


def fresh(row: Any) -> Any:
    """The row as it stands now."""
    db.session.expire_all()
    return row
