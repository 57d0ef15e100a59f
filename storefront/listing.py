"""An order as one of many: enough for a line in a list, nothing to draw, nothing more to ask."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from core import catalogue
from core.catalogue import Phase, Show
from core.orders import Order, OrderLine
from storefront.ordering import state_at

OVER = frozenset({Phase.ENDED, Phase.CANCELLED})


@dataclass(frozen=True)
class ShowRow:
    title: str
    place_name: str
    starts_at: datetime
    """On the clocks of the place."""
    poster_url: str


@dataclass(frozen=True)
class OrderRow:
    reference: str
    number: str
    state: str
    show: ShowRow
    lines: list[OrderLine]
    is_over: bool


def row_of(order: Order, now: datetime) -> OrderRow:
    show = order.show
    return OrderRow(
        reference=order.reference,
        number=order.number,
        state=state_at(order, now),
        show=_show(show),
        lines=order.lines,
        is_over=catalogue.phase_of(show, now) in OVER,
    )


def _show(show: Show) -> ShowRow:
    return ShowRow(
        title=show.title,
        place_name=show.place_name,
        starts_at=show.local(show.starts_at),
        poster_url=url_for("shows.poster", slug=show.slug),
    )
