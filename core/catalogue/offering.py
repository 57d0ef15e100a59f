"""What is on offer at this moment, as plain values: read afresh wherever something is sold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from core.catalogue.models import Show, TicketType
from core.database import db


@dataclass(frozen=True, slots=True)
class OfferedType:
    """A ticket type that anybody may buy; `free` tickets are neither held nor sold."""

    id: int
    reference: str
    name: str
    price_minor: int
    per_order_limit: int
    per_customer_limit: int | None
    free: int


@dataclass(frozen=True, slots=True)
class OfferedShow:
    """A show, whatever its state, with those of its ticket types that were asked for."""

    id: int
    reference: str
    currency: str
    hold_seconds: int
    state: str
    starts_at: datetime
    ends_at: datetime | None
    on_sale_at: datetime
    off_sale_at: datetime
    needs_pass: bool
    types: dict[str, OfferedType]
    """By their reference."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Shows by their reference, and the moment at which this was so, by the database's clock."""

    at: datetime
    shows: Mapping[str, OfferedShow]


def find_offers(*, shows: Collection[str], ticket_types: Collection[str]) -> Offers:
    """These shows with these of their ticket types, in one statement; hidden types are left out.

    At the till nobody changes what this says of the stock before the transaction ends.
    """
    rows = db.session.execute(FIND, {"shows": list(shows), "types": list(ticket_types)}).all()
    found: dict[str, OfferedShow] = {}
    for row in rows:
        show = found.get(row.show)
        if show is None:
            show = found[row.show] = OfferedShow(
                id=row.show_id,
                reference=row.show,
                currency=row.currency,
                hold_seconds=row.hold_seconds,
                state=row.state,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                on_sale_at=row.on_sale_at,
                off_sale_at=row.off_sale_at,
                needs_pass=row.needs_pass,
                types={},
            )
        if row.type is not None:
            show.types[row.type] = OfferedType(
                id=row.type_id,
                reference=row.type,
                name=row.name,
                price_minor=row.price_minor,
                per_order_limit=row.per_order_limit,
                per_customer_limit=row.per_customer_limit,
                free=row.free,
            )
    return Offers(rows[0].at, found)


def _find() -> sa.Select[tuple[object, ...]]:
    """Begins with the moment, so that there is one even where nothing is found."""
    references = ARRAY(sa.Text)
    moment = sa.select(sa.func.clock_timestamp().label("at")).subquery("moment")
    is_wanted = Show.reference == sa.any_(sa.bindparam("shows", type_=references))
    is_offered = (
        (TicketType.show_id == Show.id)
        & (TicketType.reference == sa.any_(sa.bindparam("types", type_=references)))
        & ~TicketType.is_hidden
    )
    return sa.select(
        moment.c.at,
        Show.id.label("show_id"),
        Show.reference.label("show"),
        Show.currency,
        Show.hold_seconds,
        Show.state,
        Show.starts_at,
        Show.ends_at,
        Show.on_sale_at,
        Show.off_sale_at,
        Show.needs_pass,
        TicketType.id.label("type_id"),
        TicketType.reference.label("type"),
        TicketType.name,
        TicketType.price_minor,
        TicketType.per_order_limit,
        TicketType.per_customer_limit,
        (TicketType.capacity - TicketType.held - TicketType.sold).label("free"),
    ).select_from(moment.outerjoin(sa.join(Show, TicketType, is_offered, isouter=True), is_wanted))


FIND = _find()
