"""Looking into the log of the bound reseller."""

from collections.abc import Iterable

import sqlalchemy as sa

from core.database import db
from core.events.models import Event


def about(subject_ids: Iterable[int]) -> list[Event]:
    """What happened to these subjects, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Event).where(Event.subject_id.in_(list(subject_ids))).order_by(Event.id)
        )
    )
