"""Keeping what was printed: the first print counts, a repeated job changes nothing."""

import hashlib
from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy.dialects.postgresql import insert

from core import events, orders
from core.database import db
from core.documents.models import Document, Kind
from core.failpoints import failpoint

Pdfs: TypeAlias = Mapping[Kind, bytes]


def keep(order_id: int, pdfs: Pdfs) -> bool:
    """Store an order's documents; True if any was new, and then the log says so."""
    failpoint("documents.before_keep")
    if not pdfs:
        return False
    kept = db.session.scalars(
        insert(Document).on_conflict_do_nothing().returning(Document.id),
        [
            {
                "order_id": order_id,
                "kind": kind,
                "pdf": pdf,
                "sha256": hashlib.sha256(pdf).hexdigest(),
            }
            for kind, pdf in sorted(pdfs.items())
        ],
    ).all()
    if kept:
        events.record("order.documents_printed", orders.get(order_id))
    failpoint("documents.after_keep")
    return bool(kept)
