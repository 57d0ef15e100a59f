"""Giving a customer more time: because we made them wait, or because one of us says so."""

from datetime import timedelta

import sqlalchemy as sa

from core import events
from core.database import db
from core.orders.models import Order
from core.orders.naming import HoldEnded
from core.orders.paying import TooLate
from core.orders.states import OrderState

MAX_HOLD_MINUTES = 60
"""From placing to the last moment to which a hold can be extended."""
LAST = Order.placed_at + timedelta(minutes=MAX_HOLD_MINUTES)


def extend(order: Order, *, seconds: int, reason: str) -> None:
    """Keep the tickets of a held order so many seconds longer, up to MAX_HOLD_MINUTES in all.

    Twice is twice as long. Raises HoldEnded when its time is over by the database's clock, TooLate
    when it is not held any more, or was held as long as any may be. Runs in any transaction: one
    UPDATE asks and decides, and whoever wants to tidy the hold away meanwhile waits for its row.
    """
    if seconds < 1:
        raise ValueError(f"{seconds} seconds are no extension")
    by = timedelta(seconds=min(seconds, MAX_HOLD_MINUTES * 60))
    # Locked, so that what the log will call the old time is what the UPDATE finds.
    before = db.session.execute(
        sa.select(Order.state, Order.expires_at, (Order.expires_at >= LAST).label("is_longest"))
        .where(Order.id == order.id)
        .with_for_update()
    ).one()
    expires_at = db.session.scalar(
        sa.update(Order)
        .where(
            Order.id == order.id,
            Order.state == OrderState.HELD,
            Order.expires_at > sa.func.clock_timestamp(),
            Order.expires_at < LAST,
        )
        .values(expires_at=sa.func.least(Order.expires_at + by, LAST))
        .returning(Order.expires_at)
        .execution_options(synchronize_session=False)
    )
    if expires_at is None:
        raise _why_not(before.state, is_longest=before.is_longest)
    db.session.expire(order, ["expires_at"])
    events.record(
        "order.extended",
        order,
        old_expires_at=before.expires_at,
        expires_at=expires_at,
        reason=reason,
    )


def seconds_left(order: Order) -> float:
    """How long the hold still lasts by the database's clock; until the transaction ends, nobody
    else makes it longer or shorter. Negative when it is over."""
    found = db.session.execute(
        sa.select(Order.expires_at, sa.func.clock_timestamp().label("now"))
        .where(Order.id == order.id)
        .with_for_update()
    ).one()
    left: timedelta = found.expires_at - found.now
    return left.total_seconds()


def _why_not(state: str, *, is_longest: bool) -> TooLate | HoldEnded:
    if state not in {OrderState.HELD, OrderState.EXPIRED}:
        return TooLate(f"This order is {state} already.")
    if state == OrderState.HELD and is_longest:
        return TooLate(f"No order is held for more than {MAX_HOLD_MINUTES} minutes.")
    return HoldEnded("The time for this order is over.")
