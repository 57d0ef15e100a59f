"""Who has how many of a ticket type."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from core import boxoffice, catalogue, orders, payments, tenancy, tickets
from core.catalogue import Show
from core.database import db, transaction
from core.orders import Order, OverCustomerLimit
from core.payments.refunding import settle_refund
from core.payments.stripe_gateway import ProviderRefund
from tests import world

MANY = 3000


def count(show: Show, email: str | None = "ada@example.org", customer_id: int | None = None) -> int:
    """What is said of the show's first ticket type."""
    type_id = catalogue.ticket_types(show)[0].id
    taken = orders.tickets_of(
        [] if email is None else [email], [] if customer_id is None else [customer_id], [type_id]
    )
    return taken.count(type_id, email=email, customer_id=customer_id)


def pay(order: Order) -> None:
    world.pay(order.reference)


def lapse(order: Order) -> None:
    with transaction():
        db.session.execute(
            sa.update(Order).where(Order.id == order.id).values(expires_at=Order.placed_at)
        )


def cancel(order: Order) -> None:
    boxoffice.at_the_till(lambda: orders.cancel(order, reason="a test"))


def lapse_and_tidy(order: Order) -> None:
    lapse(order)
    boxoffice.at_the_till(orders.expire_overdue)


def refund_one(order: Order) -> None:
    _refund(order, 1)


def refund(order: Order) -> None:
    _refund(order, 2)


def _refund(order: Order, quantity: int) -> None:
    world.pay(order.reference)

    def give_back() -> tuple[int, int]:
        paid = orders.get(order.id)
        chosen = tickets.of_order(paid.id)[:quantity]
        refund = payments.refund_tickets(paid, chosen, reason="a test")
        return refund.id, refund.amount_minor

    refund_id, amount_minor = boxoffice.at_the_till(give_back)
    given = ProviderRefund("re_test", "succeeded", amount_minor, None)
    boxoffice.at_the_till(lambda: settle_refund(refund_id, given))


def come_in(order: Order) -> None:
    pay(order)
    reseller = tenancy.current().reference
    with transaction():
        for each in tickets.of_order(order.id):
            tickets.check_in(tickets.code_of(reseller, each.reference, each.version))


@pytest.mark.parametrize(
    ("become", "left"),
    [
        (lambda _: None, 2),
        (pay, 2),
        (come_in, 2),
        (lapse, 0),
        (lapse_and_tidy, 0),
        (cancel, 0),
        (refund_one, 1),
        (refund, 0),
    ],
    ids=["held", "paid", "used", "lapsed", "expired", "cancelled", "one refunded", "refunded"],
)
def test_what_counts_is_held_valid_or_used(
    show: Show, become: Callable[[Order], Any], left: int
) -> None:
    become(world.place(show, 2))

    assert count(show) == left


@pytest.mark.parametrize(
    ("email", "is_the_same"),
    [
        ("ADA@Example.ORG", True),
        ("ada@example.org", True),
        ("ada+box@example.org", False),
        ("ada@example.com", False),
        ("ad_@example.org", False),
    ],
)
def test_an_address_is_the_same_in_upper_and_lower_case(
    show: Show, email: str, is_the_same: bool
) -> None:
    world.place(show, 3, email="Ada@example.org")

    assert count(show, email) == (3 if is_the_same else 0)


def test_an_account_has_what_it_bought_for_others_too(show: Show) -> None:
    customer_id = world.add_customer().id
    world.place(show, 3, email="grace@example.org", customer_id=customer_id)

    assert count(show, "ada@example.org", customer_id) == 3
    assert count(show, None, customer_id) == 3
    assert count(show, "grace@example.org") == 3
    assert count(show, "ada@example.org") == 0


def test_an_order_that_fits_twice_counts_once(show: Show) -> None:
    customer_id = world.add_customer().id
    world.place(show, 3, customer_id=customer_id)
    world.place(show, 1)

    assert count(show, "ada@example.org", customer_id) == 4


def test_nobody_in_particular_has_nothing(show: Show) -> None:
    world.place(show, 3, email=None, name=None)

    assert count(show, None, None) == 0


def test_other_types_and_shows_are_counted_by_themselves(show: Show) -> None:
    with transaction():
        other = world.add_type(show, name="Balcony").reference
    wanted = [
        orders.Wanted(catalogue.ticket_types(show)[0].reference, 1),
        orders.Wanted(other, 5),
    ]
    world.place(show, wanted=wanted)
    world.place(world.add_show(), 4)

    assert count(show) == 1


def test_another_reseller_knows_nothing_of_it(show: Show, neighbour: Any) -> None:
    world.place(show, 3)

    with tenancy.bound_to(neighbour):
        assert count(world.add_show()) == 0


def test_what_is_placed_meanwhile_can_be_added(show: Show) -> None:
    taken = orders.Taken()
    taken.add(7, 2, email="Ada@example.org", customer_id=1)
    taken.add(7, 1, email="ada@example.org", customer_id=None)
    taken.add(7, 5, email="grace@example.org", customer_id=1)

    assert taken.count(7, email="ada@example.org", customer_id=None) == 3
    assert taken.count(7, email="ADA@example.org", customer_id=1) == 8
    assert taken.count(7, email=None, customer_id=1) == 7
    assert taken.count(8, email="ada@example.org", customer_id=1) == 0


def test_the_refusal_says_how_many_are_allowed_and_how_many_there_are(scarce: Show) -> None:
    (standard,) = catalogue.ticket_types(scarce)
    world.place(scarce, 3)
    taken = orders.tickets_of(["ada@example.org"], [], [standard.id])

    taken.check(standard, 1, email="ada@example.org", customer_id=None)
    with pytest.raises(OverCustomerLimit, match="has 3 already") as it:
        taken.check(standard, 2, email="ada@example.org", customer_id=None, field="email")

    assert "at most 4 for one customer" in str(it.value)
    assert (it.value.status, it.value.code, it.value.field) == (422, "over_customer_limit", "email")


def test_a_type_without_a_limit_asks_nobody(show: Show) -> None:
    world.place(show, 8)
    (standard,) = catalogue.ticket_types(show)
    taken = orders.tickets_of(["ada@example.org"], [], [standard.id])

    taken.check(standard, 100, email="ada@example.org", customer_id=None)


def test_many_customers_are_one_statement_that_reads_few_rows(scarce: Show) -> None:
    """Also where no statistics tell the planner that one address has few orders."""
    from core.orders.limiting import FIND

    (standard,) = catalogue.ticket_types(scarce)
    type_id = standard.id
    with transaction():
        db.session.execute(FILL, {"show": scarce.id, "type": type_id, "many": MANY})
    emails = [f"ADA{number}@example.org" for number in range(1, 201)]
    accounts = list(range(201, 301))
    sent: list[str] = []
    engine = db.session.connection().engine
    db.session.rollback()

    def note(*event: Any) -> None:
        sent.append(event[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        taken = orders.tickets_of(emails, accounts, [type_id])
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)

    assert len(sent) == 1
    assert taken.count(type_id, email="ada200@example.org", customer_id=201) == 2
    assert taken.count(type_id, email="ada201@example.org", customer_id=None) == 0
    wanted = {"emails": emails, "customer_ids": accounts, "types": [type_id]}
    plan = "\n".join(db.session.scalars(sa.text(f"EXPLAIN {FIND.text}"), wanted))
    looks = [line.strip() for line in plan.splitlines() if "Index Cond" in line]
    assert sum("lower(email) = lower(wanted.email)" in line for line in looks) == 1, plan
    assert sum("customer_id = wanted_1.id" in line for line in looks) == 1, plan
    assert sum("order_id = orders.id" in line for line in looks) == 1, plan
    assert not re.search("Seq Scan on (orders|tickets)", plan), plan
    db.session.rollback()
    with transaction():
        db.session.execute(EMPTY)


FILL = sa.text("""
WITH placed AS (
    INSERT INTO orders (reference, show_id, customer_id, email, channel, currency, total_minor,
                        platform_fee_minor, storefront_fee_minor, expires_at)
    SELECT 'ord_' || n, :show, n, 'Ada' || n || '@example.org', 'api', 'EUR', 2500, 0, 0,
           clock_timestamp() + interval '1 hour'
    FROM generate_series(1, :many) AS n RETURNING id
)
INSERT INTO tickets (reference, order_id, line_id, ticket_type_id)
SELECT 'tkt_' || id, id, id, :type FROM placed
""")
EMPTY = sa.text("WITH gone AS (DELETE FROM tickets) DELETE FROM orders")
