"""Finding orders of the bound reseller."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from core import references
from core.database import db
from core.errors import NotFound
from core.orders.models import Order
from core.orders.states import OrderState

NO_SUCH_ORDER = "There is no such order."


def database_now() -> datetime:
    """The database's clock: the only one that judges holds."""
    moment: datetime = db.session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment


def find_by_reference(reference: str) -> Order | None:
    if not references.is_one(reference, "order"):
        return None
    return db.session.scalars(sa.select(Order).where(Order.reference == reference)).one_or_none()


def get_by_reference(reference: str) -> Order:
    """Raises NotFound."""
    order = find_by_reference(reference)
    if order is None:
        raise NotFound(NO_SUCH_ORDER)
    return order


def get(order_id: int) -> Order:
    """Raises NotFound."""
    # A select, never session.get: that one answers from memory.
    order = db.session.scalars(sa.select(Order).where(Order.id == order_id)).one_or_none()
    if order is None:
        raise NotFound(NO_SUCH_ORDER)
    return order


def find_by_place(place: str) -> Order | None:
    """The living order under a place of a waiting room: at most one."""
    living = Order.state.in_([OrderState.HELD, OrderState.PAID])
    return db.session.scalars(sa.select(Order).where(Order.place == place, living)).one_or_none()


def quantities(order: Order) -> Mapping[int, int]:
    """Tickets by id of their ticket type."""
    return {line.ticket_type_id: line.quantity for line in order.lines}


def of_customer(customer_id: int, *, limit: int = 100) -> list[Order]:
    """Orders of an account, newest first, without those that came to nothing."""
    return list(
        db.session.scalars(
            sa.select(Order)
            .where(
                Order.customer_id == customer_id,
                Order.state.in_([OrderState.HELD, OrderState.PAID, OrderState.REFUNDED]),
            )
            .order_by(Order.placed_at.desc())
            .limit(limit)
        )
    )


def newest(*, limit: int = 20) -> list[Order]:
    return list(db.session.scalars(sa.select(Order).order_by(Order.id.desc()).limit(limit)))
