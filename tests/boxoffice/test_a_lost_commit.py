"""The connection is lost at COMMIT: it happened or it did not, and nobody guesses."""

import json

import psycopg
import pytest
import sqlalchemy as sa

from core import boxoffice, catalogue, orders, tickets
from core.boxoffice import Busy, Unknown, till
from core.database import db
from core.idempotency import Answer, RequestKey
from core.orders import Once, Order, Wanted, Wish
from tests import world

BEFORE, AFTER = "till.before_commit", "till.after_commit"


@pytest.fixture
def lose(monkeypatch):
    """Lose the connection at a step, so many times."""

    def at(step: str, *, times: int = 1) -> None:
        left = [times]

        def failpoint(name: str) -> None:
            if name == step and left[0]:
                left[0] -= 1
                raise psycopg.OperationalError("server closed the connection unexpectedly")

        monkeypatch.setattr(till, "failpoint", failpoint)

    return at


@pytest.fixture
def wish(show) -> Wish:
    wanted = [Wanted(catalogue.ticket_types(show)[0].reference, 2)]
    return Wish(show.reference, wanted, channel="api", email="ada@example.org", name="Ada")


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Order)) or 0


def once(key: str) -> Once:
    request = RequestKey("a test", key, "hash")
    return Once(
        request, lambda placed: Answer(201, json.dumps({"id": placed.reference})), lambda _: None
    )


@pytest.mark.parametrize("step", [BEFORE, AFTER])
def test_an_order_is_placed_once_and_told_as_it_is(wish, lose, step):
    lose(step)

    placed = orders.place(wish)

    stored = orders.get_by_reference(placed.reference)
    assert orders.snapshot(stored, tickets.of_order(stored.id)) == placed
    assert count() == 1
    assert stored.lines[0].quantity == 2


@pytest.mark.parametrize("step", [BEFORE, AFTER])
def test_a_key_finds_what_the_lost_commit_wrote(wish, lose, step):
    lose(step)

    first = orders.place_once(wish, once("k"))
    again = orders.place_once(wish, once("k"))

    assert again.answer == first.answer
    assert again.is_repeated
    assert count() == 1


def test_a_database_that_stays_away_leaves_it_open(wish, lose):
    lose(AFTER, times=till.MAX_ATTEMPTS)

    with pytest.raises(Unknown):
        orders.place_once(wish, once("k"))

    assert orders.place_once(wish, once("k")).is_repeated
    assert count() == 1


def test_nothing_happened_where_it_was_lost_before(wish, lose):
    lose(BEFORE, times=till.MAX_ATTEMPTS)

    with pytest.raises(Busy):
        orders.place(wish)

    assert count() == 0


def test_work_that_does_not_know_itself_is_not_done_again(show, lose):
    order = world.place(show)
    done = []
    lose(AFTER)

    def cancel() -> None:
        done.append("cancelled")
        orders.cancel(orders.get(order.id), reason="a test")

    with pytest.raises(Unknown):
        boxoffice.at_the_till(cancel)

    assert done == ["cancelled"]
    assert world.fresh(order).state == "cancelled"
