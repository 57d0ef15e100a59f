"""Finding shows and ticket types of the bound reseller."""

import sqlalchemy as sa

from core import references
from core.catalogue.models import Show, ShowState, TicketType
from core.database import db
from core.errors import Invalid, NotFound

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


def published_after(reference: str | None, *, limit: int) -> list[Show]:
    """Shows people may see that come after this one (or from the first), next one first.

    Raises Invalid if there is no such show to come after.
    """
    query = sa.select(Show).where(Show.state.in_(VISIBLE)).order_by(Show.starts_at, Show.id)
    if reference is not None:
        known = sa.select(Show.starts_at, Show.id).where(Show.reference == reference)
        is_one = references.is_one(reference, "show")
        place = db.session.execute(known).one_or_none() if is_one else None
        if place is None:
            raise Invalid("There is no such show to continue after.", field="after")
        query = query.where(sa.tuple_(Show.starts_at, Show.id) > sa.tuple_(*place))
    return list(db.session.scalars(query.limit(limit)))


def all_shows() -> list[Show]:
    """Every show of the house, drafts too, latest first, at most MOST_SHOWS."""
    return list(
        db.session.scalars(
            sa.select(Show).order_by(Show.starts_at.desc(), Show.id).limit(MOST_SHOWS)
        )
    )


def get_any_show(reference: str) -> Show:
    """A show of the house, even a draft. Raises NotFound."""
    if not references.is_one(reference, "show"):
        raise NotFound("There is no such show.")
    show = db.session.scalars(sa.select(Show).where(Show.reference == reference)).one_or_none()
    if show is None:
        raise NotFound("There is no such show.")
    return show


def count_shows() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Show)) or 0


def find_by_slug(slug: str) -> Show | None:
    """A show people may see, by the name in its URL."""
    if not slug.isprintable():
        return None
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
