"""Looking orders up, the newest first, a piece at a time."""

import re
from dataclasses import dataclass

import sqlalchemy as sa

from core import references
from core.database import db
from core.errors import Invalid
from core.orders.models import Order
from core.orders.states import OrderState

NUMBER = re.compile(rf"^#?([{references.ALPHABET}]{{4}})-?([{references.ALPHABET}]{{4}})$")
MAX_TEXT_LENGTH = 254


@dataclass(frozen=True)
class Found:
    """A piece of the orders that fit; `next_after` names the one to continue after."""

    orders: list[Order]
    next_after: str | None


def older(reference: str | None, *, limit: int) -> list[Order]:
    """Orders placed before this one (or the newest). Raises Invalid if there is no such order."""
    return list(db.session.scalars(_continued(sa.select(Order), reference).limit(limit)))


def search(
    *,
    text: str = "",
    state: OrderState | None = None,
    show_id: int | None = None,
    after: str | None = None,
    limit: int,
) -> Found:
    """Orders by number, or by a part of the customer's name or address; of a state, of a show.

    Raises Invalid.
    """
    query = sa.select(Order)
    if text:
        query = query.where(_fits(text))
    if state is not None:
        query = query.where(Order.state == state)
    if show_id is not None:
        query = query.where(Order.show_id == show_id)
    found = list(db.session.scalars(_continued(query, after).limit(limit + 1)))
    shown = found[:limit]
    return Found(shown, shown[-1].reference if len(found) > limit else None)


def _fits(text: str) -> sa.ColumnElement[bool]:
    if len(text) > MAX_TEXT_LENGTH:
        raise Invalid("That is longer than any name or address.", field="text")
    written = text.strip()
    if references.is_one(written, "order"):
        return Order.reference == written
    named = Order.name.icontains(written, autoescape=True)
    fits = named | Order.email.icontains(written, autoescape=True)
    number = NUMBER.match(written.lower())
    if number:
        fits |= Order.reference.startswith(f"ord_{number[1]}{number[2]}")
    return fits


def _continued(query: sa.Select[Order], after: str | None) -> sa.Select[Order]:
    if after is not None:
        is_one = references.is_one(after, "order")
        known = sa.select(Order.id).where(Order.reference == after)
        place = db.session.scalar(known) if is_one else None
        if place is None:
            raise Invalid("There is no such order to continue after.", field="after")
        query = query.where(Order.id < place)
    return query.order_by(Order.id.desc())
