"""Stock: held, sold, released, and never more than there is."""

import threading

import pytest
import sqlalchemy as sa

from core import boxoffice, catalogue, orders, tenancy, tickets
from core.boxoffice import SoldOut
from core.catalogue import TicketType
from core.database import db, transaction
from core.errors import Conflict, Invalid, NotFound
from core.orders import Wanted, Wish
from tests import world

BUYERS = 24


def stock(show):
    seen = world.fresh(catalogue.ticket_types(show)[0])
    return seen.held, seen.sold


def ticket_states(order):
    return [each.state for each in tickets.of_order(order.id)]


def test_placing_holds(show):
    order = world.place(show, 3)

    assert stock(show) == (3, 0)
    assert ticket_states(order) == ["held"] * 3


def test_the_last_ticket_is_sold_once(show, reseller):
    world.place(show, 8)
    world.place(show, 1)
    reference, wanted = show.reference, catalogue.ticket_types(show)[0].reference
    outcomes = []

    def buy():
        from jobs import program

        with program.application().app_context(), tenancy.bound_to(reseller):
            try:
                orders.place(Wish(reference, [Wanted(wanted, 1)], channel="api"))
                outcomes.append("won")
            except SoldOut:
                outcomes.append("sold out")

    buyers = [threading.Thread(target=buy) for _ in range(BUYERS)]
    for each in buyers:
        each.start()
    for each in buyers:
        each.join(30)

    assert sorted(outcomes) == ["sold out"] * (BUYERS - 1) + ["won"]
    assert stock(show) == (10, 0)


def test_all_ticket_types_or_none(show):
    with transaction():
        scarce = world.add_type(show, name="Scarce", capacity=1)
        wanted = [
            Wanted(catalogue.ticket_types(show)[0].reference, 2),
            Wanted(scarce.reference, 2),
        ]
        reference = show.reference

    with pytest.raises(SoldOut):
        orders.place(Wish(reference, wanted, channel="api"))

    assert stock(show) == (0, 0)


def test_a_hold_that_is_over_is_sellable_at_once(show):
    first = world.place(show, 8)
    with transaction():
        first.expires_at = first.placed_at

    second = world.place(show, 8)

    assert second.state == "held"
    assert world.fresh(first).state == "expired"
    assert ticket_states(first) == ["void"] * 8
    assert stock(show) == (8, 0)


def test_holds_of_other_types_that_are_over_do_not_stand_in_the_way(show, monkeypatch):
    from core.orders import expiring

    monkeypatch.setattr(expiring, "BATCH", 2)
    with transaction():
        scarce = world.add_type(show, name="Scarce", capacity=1).reference
        reference = show.reference
    over = [world.place(show, 1) for _ in range(5)]
    over.append(place_one(reference, scarce))
    with transaction():
        for each in over:
            each.expires_at = each.placed_at

    assert place_one(reference, scarce).state == "held"


def place_one(show_reference, type_reference):
    placed = orders.place(Wish(show_reference, [Wanted(type_reference, 1)], channel="api"))
    return orders.get_by_reference(placed.reference)


def test_many_holds_that_are_over_are_tidied_in_a_few_statements(reseller):
    big = world.add_show()
    with transaction():
        crowd = world.add_type(big, name="Crowd", capacity=500).reference
        reference = big.reference
    for _ in range(60):
        place_one(reference, crowd)
    with transaction():
        db.session.execute(sa.update(orders.Order).values(expires_at=orders.Order.placed_at))
    sent = []
    sa.event.listen(
        db.session.connection().engine, "before_cursor_execute", lambda *a: sent.append(a[2])
    )
    db.session.rollback()

    assert boxoffice.at_the_till(orders.expire_overdue) == 60

    assert len(sent) < 25


def test_cancelling_puts_the_tickets_back(show):
    order = world.place(show)

    boxoffice.at_the_till(lambda: orders.cancel(order, reason="by the customer"))

    assert stock(show) == (0, 0)
    assert world.fresh(order).state == "cancelled"


def test_a_second_cancellation_is_refused(order):
    boxoffice.at_the_till(lambda: orders.cancel(order, reason="by the customer"))

    with pytest.raises(Conflict):
        boxoffice.at_the_till(lambda: orders.cancel(order, reason="again"))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"on_sale_at": 1}, "not on sale yet"),
        ({"on_sale_at": -9, "off_sale_at": -1}, "sale for this show has ended"),
        (
            {"starts_at": -2, "doors_at": -3, "ends_at": -1, "on_sale_at": -9, "off_sale_at": -2},
            "over",
        ),
    ],
)
def test_nothing_is_sold_outside_of_the_sale(reseller, facts, sentence):
    from datetime import timedelta

    from core import clock

    days = {name: clock.now() + timedelta(days=number) for name, number in facts.items()}
    closed = world.add_show(**days)

    with pytest.raises(Conflict, match=sentence):
        world.place(closed)


def test_a_show_of_another_reseller_is_not_there(show, neighbour):
    reference = show.reference
    wanted = [Wanted(catalogue.ticket_types(show)[0].reference, 1)]
    with tenancy.bound_to(neighbour), pytest.raises(NotFound):
        orders.place(Wish(reference, wanted, channel="api"))


def test_a_hidden_type_is_not_for_sale(show):
    with transaction():
        hidden = world.add_type(show, name="Hidden", is_hidden=True)
        reference, wanted = show.reference, [Wanted(hidden.reference, 1)]

    with pytest.raises(Invalid):
        orders.place(Wish(reference, wanted, channel="api"))


def test_over_the_limit_of_an_order(show):
    with pytest.raises(Invalid, match="at most 8"):
        world.place(show, 9)


def test_the_database_refuses_to_oversell_whatever_the_code_does(show):
    ticket_type = catalogue.ticket_types(show)[0]

    with pytest.raises(sa.exc.IntegrityError, match="never_oversold"), transaction():
        db.session.execute(
            sa.update(TicketType).where(TicketType.id == ticket_type.id).values(held=11)
        )


def test_a_serialization_failure_is_tried_again(show):
    tried = []

    def work():
        tried.append(1)
        if len(tried) == 1:
            db.session.execute(
                sa.text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
            )
        return "done"

    assert boxoffice.at_the_till(work) == "done"
    assert len(tried) == 2


def test_the_till_s_transaction_is_serializable_and_sees_what_came_before(show, reseller):
    seen = boxoffice.at_the_till(
        lambda: db.session.execute(sa.text("SHOW transaction_isolation")).scalar()
    )

    assert seen == "serializable"
