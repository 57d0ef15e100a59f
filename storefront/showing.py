"""Shows and ticket types as the pages of the storefront want them."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime
from flask import url_for

from core import catalogue, money, orders
from core.catalogue import Phase, Show, TypeState
from core.errors import NotFound

FEW_LEFT = frozenset({TypeState.FEW, TypeState.LAST})


@dataclass(frozen=True)
class Month:
    key: str
    name: str


@dataclass(frozen=True)
class TypeView:
    reference: str
    name: str
    description: str
    price: str
    price_minor: int
    state: str
    left: int | None
    """Told only when it is few."""
    limit: int
    """In one order."""
    customer_limit: int | None
    """For one customer in all orders together."""
    may_return_at: datetime | None


@dataclass(frozen=True)
class ShowView:
    """A show in the words of the pages; moments are on the clocks of the place."""

    reference: str
    slug: str
    title: str
    subtitle: str
    summary: str
    description_html: str
    genre: str
    place_name: str
    place_address: str
    time_zone: str
    currency: str
    starts_at: datetime
    doors_at: datetime | None
    ends_at: datetime | None
    on_sale_at: datetime
    off_sale_at: datetime
    state: str
    """'upcoming', 'on_sale', 'few_left', 'sold_out', 'closed', 'ended' or 'cancelled'."""
    poster_url: str
    poster_style: str
    from_price: str | None
    month: Month


def find_show(slug: str) -> Show:
    """The published show of that name. Raises NotFound."""
    found = catalogue.find_by_slug(slug)
    if found is None:
        raise NotFound("There is no such show here; it may have been taken down.")
    return found


def view_of(show: Show, now: datetime, types: list[TypeView] | None = None) -> ShowView:
    """The view of a show; availability from `types`, or from the counters if a list is drawn."""
    on_offer = catalogue.ticket_types(show)
    # A free companion's ticket is not what a show costs.
    prices = [each.price_minor for each in on_offer if each.price_minor]
    starts_at = show.local(show.starts_at)
    return ShowView(
        reference=show.reference,
        slug=show.slug,
        title=show.title,
        subtitle=show.subtitle,
        summary=show.summary,
        description_html=show.description_html,
        genre=show.genre,
        place_name=show.place_name,
        place_address=show.place_address,
        time_zone=show.time_zone,
        currency=show.currency,
        starts_at=starts_at,
        doors_at=show.local(show.doors_at) if show.doors_at else None,
        ends_at=show.local(show.ends_at) if show.ends_at else None,
        on_sale_at=show.local(show.on_sale_at),
        off_sale_at=show.local(show.off_sale_at),
        state=_state(show, now, types),
        poster_url=url_for("shows.poster", slug=show.slug),
        poster_style=show.poster_style,
        from_price=money.formatted(min(prices), show.currency) if prices else None,
        month=Month(f"{starts_at:%Y-%m}", format_datetime(starts_at, "LLLL yyyy", locale="en")),
    )


def _state(show: Show, now: datetime, types: list[TypeView] | None) -> str:
    phase = catalogue.phase_of(show, now)
    if phase is not Phase.ON_SALE:
        return phase.value
    states = (
        {each.state for each in types}
        if types is not None
        else {catalogue.availability(each, phase).state for each in catalogue.ticket_types(show)}
    )
    if states & FEW_LEFT and TypeState.AVAILABLE not in states:
        return "few_left"
    # All held by others is still on sale: some of it may return.
    return "on_sale" if states & {TypeState.AVAILABLE, TypeState.HELD} else "sold_out"


def views_of_types(show: Show, now: datetime) -> list[TypeView]:
    """The ticket types on offer, with what is left."""
    views = []
    for seen in orders.find_availability(show, now):
        ticket_type = seen.ticket_type
        is_few = seen.state in FEW_LEFT
        limit = min(
            ticket_type.per_order_limit,
            ticket_type.per_customer_limit or orders.MAX_TICKETS,
            seen.left if is_few else orders.MAX_TICKETS,
        )
        views.append(
            TypeView(
                reference=ticket_type.reference,
                name=ticket_type.name,
                description=ticket_type.description,
                price=money.formatted(ticket_type.price_minor, show.currency),
                price_minor=ticket_type.price_minor,
                state=seen.state.value,
                left=seen.left if is_few else None,
                limit=limit,
                customer_limit=ticket_type.per_customer_limit,
                may_return_at=show.local(seen.may_return_at) if seen.may_return_at else None,
            )
        )
    return views
