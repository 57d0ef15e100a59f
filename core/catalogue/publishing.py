"""Putting a show before the public."""

import sqlalchemy as sa

from core import events
from core.catalogue.models import LIFE, Show, ShowState, TicketType
from core.database import db
from core.errors import Conflict
from core.moves import move


class CannotPublish(Conflict):
    code = "cannot_publish"


def publish(show: Show, *, reason: str = "published") -> None:
    """Let people see the show. Raises CannotPublish while it has no ticket type."""
    has_types = db.session.scalar(sa.select(sa.exists().where(TicketType.show_id == show.id)))
    if not has_types:
        raise CannotPublish("Add a ticket type first: there is nothing to buy yet.")
    move(LIFE, show, ShowState.PUBLISHED, reason=reason)
    events.record("show.published", show)
