"""What is published of a draw, for anybody to check (docs/verify-draw.py)."""

import sqlalchemy as sa

from core.catalogue import Show
from core.database import db
from core.waitingroom.drawing import Draw
from core.waitingroom.models import WaitingRoom


def find_draw(show: str) -> Draw | None:
    """The draw of a show by its reference; None until it was held."""
    row = db.session.execute(
        sa.select(
            WaitingRoom.drawn_at,
            WaitingRoom.drawn_count,
            WaitingRoom.commitment,
            WaitingRoom.seed,
            WaitingRoom.places_digest,
        )
        .join(Show, Show.id == WaitingRoom.show_id)
        .where(Show.reference == show)
    ).one_or_none()
    if row is None or row.drawn_at is None:
        return None
    return Draw(
        show=show,
        drawn_at=row.drawn_at,
        places=row.drawn_count,
        commitment=row.commitment,
        seed=row.seed.hex(),
        places_digest=row.places_digest,
    )


def draw_places(show: str) -> str | None:
    """Ids of all places that were drawn, ascending, one on a line; None until then."""
    return db.session.scalar(
        sa.select(WaitingRoom.drawn_places)
        .join(Show, Show.id == WaitingRoom.show_id)
        .where(Show.reference == show)
    )
