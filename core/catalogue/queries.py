"""Finding shows and ticket types of the bound reseller."""

import sqlalchemy as sa

from core.catalogue.models import Show, ShowState, TicketType
from core.database import db
from core.errors import NotFound

MOST_SHOWS = 500
VISIBLE = (ShowState.PUBLISHED, ShowState.CANCELLED)


def published() -> list[Show]:
    """Every show people may see, next one first, at most MOST_SHOWS."""
    return list(
        db.session.scalars(
            sa.select(Show)
            .where(Show.state.in_(VISIBLE))
            .order_by(Show.starts_at, Show.id)
            .limit(MOST_SHOWS)
        )
    )


def find_by_slug(slug: str) -> Show | None:
    """A show people may see, by the name in its URL."""
    return db.session.scalars(
        sa.select(Show).where(Show.slug == slug, Show.state.in_(VISIBLE))
    ).one_or_none()


def get_show(reference: str) -> Show:
    """A show people may see. Raises NotFound."""
    show = db.session.scalars(
        sa.select(Show).where(Show.reference == reference, Show.state.in_(VISIBLE))
    ).one_or_none()
    if show is None:
        raise NotFound("There is no such show.")
    return show


def ticket_types(show: Show) -> list[TicketType]:
    """What anyone may buy of this show, in the order it is shown."""
    return [each for each in show.ticket_types if not each.is_hidden]


def find_type(reference: str) -> TicketType | None:
    return db.session.scalars(
        sa.select(TicketType).where(TicketType.reference == reference)
    ).one_or_none()
