"""The catalogue of the demo: each show with its ticket types in one transaction, or not at all."""

from datetime import datetime

import sqlalchemy as sa

from core import accounts, actors, catalogue, events, tenancy, waitingroom
from core.catalogue import Show as ShowRow
from core.catalogue import ShowState
from core.catalogue.models import LIFE
from core.database import db, transaction
from core.moves import move
from core.tenancy import Tenant
from serve.demo.dating import dates_of
from serve.demo.world import Reseller, Show

WHY_CANCELLED = "the set did not arrive in time"
WHY_MARKED = "Far more people want to come than fit in"


def announce(spec: Reseller, tenant: Tenant, *, now: datetime) -> None:
    """Write and publish the shows that are not there. With the reseller bound."""
    with tenancy.on_platform():
        owner = accounts.members_of(tenant.id)[0].reference
    for show in spec.shows:
        with transaction():
            is_there = db.session.scalar(sa.select(sa.exists().where(ShowRow.slug == show.slug)))
            if not is_there:
                row = _write(show, spec, tenant, now)
                if show.is_high_traffic:
                    with actors.acting_as(f"member {owner}"):
                        waitingroom.mark(row, reason=WHY_MARKED)


def _write(show: Show, spec: Reseller, tenant: Tenant, now: datetime) -> ShowRow:
    dates = dates_of(show, time_zone=spec.time_zone, now=now)
    row = catalogue.add_show(
        slug=show.slug,
        title=show.title,
        subtitle=show.subtitle,
        genre=show.genre,
        summary=show.summary,
        description=show.description,
        place_name=show.place_name,
        place_address=spec.place_address,
        time_zone=spec.time_zone,
        currency=spec.currency,
        poster_style=show.poster_style or tenant.tokens["poster_style"],
        doors_at=dates.doors_at,
        starts_at=dates.starts_at,
        ends_at=dates.ends_at,
        on_sale_at=dates.on_sale_at,
        off_sale_at=dates.off_sale_at,
    )
    for position, each in enumerate(show.ticket_types):
        catalogue.add_ticket_type(
            row,
            position=position,
            name=each.name,
            description=each.description,
            price_minor=each.price_minor,
            capacity=each.capacity,
            per_order_limit=each.per_order_limit,
            per_customer_limit=each.per_customer_limit,
        )
    catalogue.publish(row)
    if show.is_cancelled:
        move(LIFE, row, ShowState.CANCELLED, reason=WHY_CANCELLED)
        events.record("show.cancelled", row, reason=WHY_CANCELLED)
    return row
