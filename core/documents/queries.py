"""Finding printed documents of the bound reseller."""

import sqlalchemy as sa

from core.database import db
from core.documents.models import Document, Kind


def find(order_id: int, kind: Kind | str) -> Document | None:
    """The printed document, or None while it is being printed. Its `pdf` is loaded when read."""
    return db.session.scalars(
        sa.select(Document).where(Document.order_id == order_id, Document.kind == Kind(kind))
    ).one_or_none()
