"""Orders that the box office refuses: nothing is written but the answer.

It is kept under the key, so that it is the answer when asked again.
"""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core import catalogue, clock, orders, tenancy
from core.catalogue import ShowState
from core.catalogue.models import LIFE
from core.database import db, transaction
from core.moves import move
from tests import untouched, world
from tests.api.conftest import Program, item, refused

NOBODY_S_SHOW, NOBODY_S_TYPE = "shw_" + "0" * 26, "tty_" + "0" * 26
DAY = timedelta(days=1)
OVER = {
    "on_sale_at": -9 * DAY,
    "off_sale_at": -2 * DAY,
    "doors_at": -3 * DAY,
    "starts_at": -2 * DAY,
    "ends_at": -DAY,
}


def test_the_same_type_twice_is_refused(program: Program, wish: Any) -> None:
    twice = {**wish, "items": wish["items"] * 2}

    told = refused(lambda: program.order(twice), 422, "invalid")

    assert told["field"] == "items"


def test_more_than_an_order_may_have_is_refused(program: Program, wish: Any) -> None:
    refused(lambda: program.order(item(wish, quantity=9)), 422, "over_limit", is_kept=True)


def test_more_than_are_left_is_refused(program: Program, wish: Any, show: Any) -> None:
    world.place(show, 8)

    refused(lambda: program.order(item(wish, quantity=3)), 409, "sold_out", is_kept=True)


def test_one_type_too_many_spoils_the_others(program: Program, wish: Any, show: Any) -> None:
    with transaction():
        other = world.add_type(show, name="Balcony", capacity=1).reference
    both = {**wish, "items": [*wish["items"], {"ticket_type": other, "quantity": 2}]}

    refused(lambda: program.order(both), 409, "sold_out", is_kept=True)


def test_who_asks_in_vain_tidies_away_what_stood_in_the_way(
    program: Program, wish: Any, show: Any
) -> None:
    """Holds that are over are let go in the same transaction: that is true, refused or not."""
    world.place(show, 5)
    over_id = world.place(show, 2).id
    with transaction():
        db.session.execute(
            sa.update(orders.Order)
            .where(orders.Order.id == over_id)
            .values(expires_at=orders.Order.placed_at)
        )

    answer = program.order(item(wish, quantity=6))

    assert answer.json["type"].endswith("/sold_out")
    db.session.rollback()
    assert orders.get(over_id).state == "expired"
    refused(lambda: program.order(item(wish, quantity=6)), 409, "sold_out", is_kept=True)


@pytest.mark.parametrize("kind", ["nobody's", "a neighbour's"])
def test_a_show_of_somebody_else_looks_like_none(
    program: Program, wish: Any, neighbour: tenancy.Tenant, kind: str
) -> None:
    theirs, _ = _next_door(neighbour)
    named = {**wish, "show": theirs if kind == "a neighbour's" else NOBODY_S_SHOW}
    with tenancy.bound_to(neighbour):
        before = untouched.contents()

    told = refused(lambda: program.order(named), 404, "not_found", is_kept=True)

    assert told["detail"] == "There is no such show."
    with tenancy.bound_to(neighbour):
        assert untouched.contents() == before


@pytest.mark.parametrize("kind", ["nobody's", "a neighbour's", "another show's", "a hidden one"])
def test_a_ticket_type_that_is_not_on_offer_looks_like_none(
    program: Program, wish: Any, show: Any, neighbour: tenancy.Tenant, kind: str
) -> None:
    with transaction():
        hidden = world.add_type(show, name="Hidden", is_hidden=True).reference
    named = {
        "nobody's": NOBODY_S_TYPE,
        "a neighbour's": _next_door(neighbour)[1],
        "another show's": world.add_show().ticket_types[0].reference,
        "a hidden one": hidden,
    }[kind]

    told = refused(
        lambda: program.order(item(wish, ticket_type=named)), 422, "invalid", is_kept=True
    )

    assert told["field"] == "items"
    assert told["detail"] == "There is no such ticket type at this show."


@pytest.mark.parametrize(
    ("state", "dates", "answer"),
    [
        (ShowState.PUBLISHED, {"on_sale_at": DAY, "off_sale_at": 2 * DAY}, (409, "not_on_sale")),
        (ShowState.PUBLISHED, {"on_sale_at": -2 * DAY, "off_sale_at": -DAY}, (409, "not_on_sale")),
        (ShowState.PUBLISHED, OVER, (409, "not_on_sale")),
        (ShowState.CANCELLED, {}, (409, "not_on_sale")),
        (ShowState.DRAFT, {}, (404, "not_found")),
    ],
    ids=["upcoming", "closed", "over", "cancelled", "a draft"],
)
def test_a_show_that_is_not_on_sale_sells_nothing(
    program: Program, wish: Any, state: str, dates: Any, answer: tuple[int, str]
) -> None:
    with transaction():
        show = world.add_show(
            is_published=False, **{name: clock.now() + away for name, away in dates.items()}
        )
        named = world.add_type(show).reference
        if state != ShowState.DRAFT:
            catalogue.publish(show)
        if state == ShowState.CANCELLED:
            move(LIFE, show, ShowState.CANCELLED, reason="a test")
        elsewhere = {**item(wish, ticket_type=named), "show": show.reference}

    refused(lambda: program.order(elsewhere), *answer, is_kept=True)


def _next_door(neighbour: tenancy.Tenant) -> tuple[str, str]:
    """A show of the neighbour's, and its ticket type."""
    with tenancy.bound_to(neighbour):
        theirs = world.add_show()
        return theirs.reference, theirs.ticket_types[0].reference
