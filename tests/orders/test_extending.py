"""More time for a hold: never less, never for ever, never for one that is over."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from core import actors, boxoffice, orders, tenancy, tickets
from core.catalogue import Show
from core.database import db, transaction
from core.events import Event
from core.orders import HoldEnded, Order, TooLate
from tests import world
from tests.at_once import at_once

ROUNDS = 20
STEP_MS = 5
"""From round to round, the end of the hold comes so much later."""
MAX = timedelta(minutes=orders.MAX_HOLD_MINUTES)


def extend(reference: str, seconds: int = 120) -> None:
    with transaction():
        orders.extend(orders.get_by_reference(reference), seconds=seconds, reason="we were slow")


def end(order: Order, within: timedelta) -> None:
    """Let its time be over this long from now, by the database's clock."""
    with transaction():
        db.session.execute(
            sa.update(Order)
            .where(Order.id == order.id)
            .values(expires_at=sa.func.clock_timestamp() + within)
        )


def told(reference: str) -> list[Event]:
    db.session.rollback()
    query = sa.select(Event).where(Event.subject_reference == reference)
    return list(db.session.scalars(query.where(Event.type == "order.extended")))


def test_a_hold_is_kept_longer_and_the_log_says_who_and_why(order: Order) -> None:
    before, reference = order.expires_at, order.reference

    with actors.acting_as("admin adm_1"):
        extend(reference, 120)

    assert world.fresh(order).expires_at == before + timedelta(seconds=120)
    (event,) = told(reference)
    assert event.actor == "admin adm_1"
    assert event.data == {
        "old_expires_at": before.isoformat(),
        "expires_at": (before + timedelta(seconds=120)).isoformat(),
        "reason": "we were slow",
    }


def test_what_was_read_is_read_afresh(order: Order) -> None:
    before = order.expires_at
    with transaction():
        orders.extend(order, seconds=1, reason="a test")

        assert order.expires_at == before + timedelta(seconds=1)


@pytest.mark.parametrize("seconds", [3600, 10**6, 10**15])
def test_no_hold_goes_beyond_an_hour_in_all(order: Order, seconds: int) -> None:
    extend(order.reference, seconds)

    assert world.fresh(order).expires_at == order.placed_at + MAX
    with pytest.raises(TooLate, match="60 minutes"):
        extend(order.reference, 1)
    assert len(told(order.reference)) == 1


def test_a_hold_that_the_show_made_longer_is_not_made_shorter(reseller: tenancy.Tenant) -> None:
    order = world.place(world.add_show(hold_seconds=7200))
    before = order.expires_at

    with pytest.raises(TooLate):
        extend(order.reference)

    assert world.fresh(order).expires_at == before


@pytest.mark.parametrize("seconds", [0, -60])
def test_nobody_shortens_a_hold(order: Order, seconds: int) -> None:
    with pytest.raises(ValueError, match="no extension"):
        extend(order.reference, seconds)


def test_a_hold_that_is_over_stays_over(order: Order) -> None:
    end(order, timedelta(0))

    with pytest.raises(HoldEnded):
        extend(order.reference)
    boxoffice.at_the_till(orders.expire_overdue)
    with pytest.raises(HoldEnded):
        extend(order.reference)

    assert world.fresh(order).state == "expired"
    assert told(order.reference) == []


def test_what_is_not_held_is_not_extended(show: Show) -> None:
    paid, cancelled = (world.place(show, 1) for _ in range(2))
    world.pay(paid.reference)
    boxoffice.at_the_till(lambda: orders.cancel(cancelled, reason="a test"))

    for order in (paid, cancelled):
        with pytest.raises(TooLate):
            extend(order.reference)


def test_tickets_stay_held_for_as_long(show: Show) -> None:
    order = world.place(show, 8)
    end(order, timedelta(seconds=1))
    extend(order.reference)
    db.session.execute(sa.select(sa.func.pg_sleep(1.1)))
    db.session.rollback()

    boxoffice.at_the_till(orders.expire_overdue)

    assert world.fresh(order).state == "held"
    with pytest.raises(boxoffice.SoldOut):
        world.place(show, 3)


def test_extended_at_the_moment_of_its_end_a_hold_is_kept_or_over_and_never_both(
    show: Show, reseller: tenancy.Tenant
) -> None:
    ends = []
    for turn in range(ROUNDS):
        order = world.place(show, 1)
        reference = order.reference
        end(order, timedelta(milliseconds=turn * STEP_MS))

        kept, tidied = at_once(
            reseller,
            [partial(extend, reference), partial(boxoffice.at_the_till, orders.expire_overdue)],
        )

        boxoffice.at_the_till(orders.expire_overdue)
        ends.append(world.fresh(order).state)
        is_kept = kept is None
        assert is_kept or isinstance(kept, HoldEnded), kept
        assert (order.state, tidied if is_kept else 0) == ("held" if is_kept else "expired", 0)
        assert len(told(reference)) == is_kept
        if is_kept:
            boxoffice.at_the_till(partial(_cancel, reference))
        assert {each.state for each in tickets.of_order(order.id)} == {"void"}
    print(f"of {ROUNDS} holds {ends.count('held')} were kept")


def test_who_is_tidying_away_waits_for_who_extends(show: Show, reseller: Any) -> None:
    order = world.place(show, 1)
    reference = order.reference
    end(order, timedelta(milliseconds=200))

    def extend_slowly() -> None:
        with transaction():
            orders.extend(orders.get_by_reference(reference), seconds=60, reason="a test")
            db.session.execute(sa.select(sa.func.pg_sleep(0.6)))  # meanwhile its old end passes

    def tidy_away() -> int:
        db.session.execute(sa.select(sa.func.pg_sleep(0.4)))
        return boxoffice.at_the_till(orders.expire_overdue)

    kept, tidied = at_once(reseller, [extend_slowly, tidy_away])

    assert (kept, tidied) == (None, 0)
    assert world.fresh(order).state == "held"


def _cancel(reference: str) -> None:
    orders.cancel(orders.get_by_reference(reference), reason="a test")
