"""The list of a customer's orders."""

import sqlalchemy as sa

from core import database, documents, orders
from core.catalogue import ShowState
from core.catalogue.models import LIFE as SHOW_LIFE
from core.database import db, transaction
from core.moves import move
from tests import world
from tests.storefront.conftest import sign_in


def statements_of(read):
    """How many statements a request takes."""
    db.session.rollback()
    engine, seen = database.engine("main"), []

    def note(*args):
        seen.append(args[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        answer = read()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return len(seen)


def test_a_long_list_asks_no_more_than_a_short_one_and_draws_no_codes(browser, show, monkeypatch):
    customer = world.add_customer().id
    world.pay(world.place(show, 1, customer_id=customer).reference)
    sign_in(browser)
    monkeypatch.setattr(documents, "qr_svg", None)
    short = statements_of(lambda: browser.get("/my-tickets"))
    for _ in range(5):
        world.pay(world.place(show, 1, customer_id=customer).reference)

    long = statements_of(lambda: browser.get("/my-tickets"))

    assert long == short
    assert browser.get("/my-tickets").text.count('class="my-order"') == 6


def test_each_order_says_where_it_stands(browser, show):
    customer = world.add_customer().id
    held, lapsed, paid = (world.place(show, 2, customer_id=customer).reference for _ in range(3))
    world.pay(paid)
    with transaction():
        db.session.execute(
            sa.update(orders.Order)
            .where(orders.Order.reference == lapsed)
            .values(expires_at=sa.func.clock_timestamp())
        )
    sign_in(browser)

    page = browser.get("/my-tickets").text

    pieces = {
        reference: next(part for part in page.split('class="my-order"') if reference in part)
        for reference in (held, lapsed, paid)
    }
    assert "Not paid yet" in pieces[held]
    assert "Expired" in pieces[lapsed]
    assert "Paid" in pieces[paid]
    assert all("2 × Standard" in each and show.title in each for each in pieces.values())


def test_a_show_that_is_over_is_listed_as_earlier(browser, show):
    customer = world.add_customer().id
    reference = world.place(show, 1, customer_id=customer).reference
    world.pay(reference)
    with transaction():
        move(SHOW_LIFE, show, ShowState.CANCELLED, reason="in a test")
    sign_in(browser)

    page = browser.get("/my-tickets").text

    assert reference in page.partition("Earlier")[2]
