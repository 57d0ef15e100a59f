"""What there is for those who come in: asked of those who know, once a second."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core import clock, pacing, tenancy
from core.catalogue import Show, ShowState, TicketType
from core.database import db
from core.orders import Order, OrderState
from core.redis import asking
from core.tenancy import ResellerState
from core.waitingroom.calling import Payments, Supply
from core.waitingroom.limits import CHOOSING_AGAIN_SECONDS
from core.waitingroom.models import WaitingRoom
from core.waitingroom.rooms import Room
from core.waitingroom.watching import strain_ms

CALLING = "tts:rooms:calling"
"""In the main Redis: rooms whose people want to pay just now, and when they were last tended (ms).
All of them share what the payment provider takes."""
CALLING_MS = 5000


@dataclass(frozen=True, slots=True)
class Seen:
    """A room and its show as the database has them at one moment."""

    at: datetime
    state: str
    epoch: str
    serving: int
    last: int
    reserved: int
    unspent: int
    emptied_at: datetime | None
    restored_at: datetime | None
    is_paused: bool
    checkout_seats: int
    per_minute: int | None
    is_high_traffic: bool
    is_draft: bool
    is_early: bool
    """The sale begins later: it was moved after it had begun."""
    is_over: bool
    """Nothing is on sale any more: the sale has ended, or the show was cancelled."""
    held_orders: int
    given_back: int
    """Passes that may buy again, as what they had ordered came to nothing."""
    left: int
    held: int
    has_prices: bool


def look_at(room: Room) -> Seen:
    """What a room's next calls depend on, in one statement."""
    again = timedelta(seconds=CHOOSING_AGAIN_SECONDS)
    row = db.session.execute(LOOK, {"show_id": room.show_id, "again": again}).one()
    return Seen(**row._mapping)


def supply_of(room: Room, seen: Seen) -> Supply:
    return Supply(
        held_orders=seen.held_orders,
        seats=seen.checkout_seats,
        left=max(0, seen.left),
        per_minute=seen.per_minute,
        payments=_payments(room) if seen.has_prices else None,
        strain_ms=strain_ms(room),
        given_back=seen.given_back,
        is_paused=(
            seen.is_paused or seen.is_over or seen.is_draft or seen.is_early or _is_closed()
        ),
    )


def _is_closed() -> bool:
    """Whether the whole shop is: nobody is called to a door that is shut."""
    return tenancy.current().state != ResellerState.OPEN


def _payments(room: Room) -> Payments:
    backlog = pacing.backlog()
    return Payments(backlog.per_second / _sharing(room), backlog.waiting_seconds)


def _sharing(room: Room) -> int:
    """How many rooms call people just now, this one included."""
    now_ms = int(clock.now().timestamp() * 1000)
    try:
        with asking() as server:
            pipe = server.pipeline(transaction=False)
            pipe.zadd(CALLING, {room.key(): now_ms})
            pipe.zremrangebyscore(CALLING, "-inf", now_ms - CALLING_MS)
            pipe.zcard(CALLING)
            return max(1, int(pipe.execute()[-1]))
    except redis.RedisError:
        return 1


def _looking() -> sa.Select[tuple[object, ...]]:
    show_id: sa.BindParameter[int] = sa.bindparam("show_id")
    held_orders = (
        sa.select(sa.func.count())
        .where(
            Order.show_id == show_id,
            Order.state == OrderState.HELD,
            Order.expires_at > sa.func.statement_timestamp(),
        )
        .scalar_subquery()
    )
    stock = (
        sa.select(
            sa.func.coalesce(
                sa.func.sum(TicketType.capacity - TicketType.held - TicketType.sold), 0
            ).label("left"),
            sa.func.coalesce(sa.func.sum(TicketType.held), 0).label("held"),
            sa.func.coalesce(sa.func.bool_or(TicketType.price_minor > 0), sa.false()).label(
                "has_prices"
            ),
        )
        .where(TicketType.show_id == show_id, ~TicketType.is_hidden)
        .subquery("stock")
    )
    now = sa.func.statement_timestamp()
    return (
        sa.select(
            now.label("at"),
            WaitingRoom.state,
            WaitingRoom.epoch,
            WaitingRoom.serving,
            WaitingRoom.last,
            WaitingRoom.reserved,
            WaitingRoom.unspent,
            WaitingRoom.emptied_at,
            WaitingRoom.restored_at,
            WaitingRoom.is_paused,
            WaitingRoom.checkout_seats,
            WaitingRoom.per_minute,
            Show.is_high_traffic,
            (Show.state == ShowState.DRAFT).label("is_draft"),
            (Show.on_sale_at > now).label("is_early"),
            ((Show.state == ShowState.CANCELLED) | (Show.off_sale_at <= now)).label("is_over"),
            held_orders.label("held_orders"),
            _given_back(show_id).label("given_back"),
            sa.cast(stock.c.left, sa.BigInteger).label("left"),
            sa.cast(stock.c.held, sa.BigInteger).label("held"),
            stock.c.has_prices,
        )
        .join(Show, Show.id == WaitingRoom.show_id)
        .join(stock, sa.true())
        .where(WaitingRoom.show_id == show_id)
    )


def _given_back(show_id: sa.BindParameter[int]) -> sa.ScalarSelect[int]:
    again = aliased(Order)
    return (
        sa.select(sa.func.count(Order.place.distinct()))
        .where(
            Order.show_id == show_id,
            Order.state.in_([OrderState.CANCELLED, OrderState.EXPIRED]),
            Order.place.is_not(None),
            Order.placed_at > sa.func.statement_timestamp() - sa.bindparam("again"),
            ~sa.exists().where(
                again.place == Order.place,
                again.state.in_([OrderState.HELD, OrderState.PAID]),
            ),
        )
        .scalar_subquery()
    )


LOOK = _looking()
