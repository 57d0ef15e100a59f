"""A printed document: made once, kept as it was."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.moves import id_column
from core.orders import Order


class Kind(StrEnum):
    TICKETS = "tickets"
    INVOICE = "invoice"


class Document(Model):
    __tablename__ = "documents"
    __table_args__ = (sa.UniqueConstraint("order_id", "kind"),)

    id: Mapped[int] = id_column()
    order_id: Mapped[int] = mapped_column(sa.ForeignKey(Order.id))
    kind: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    """Loaded when it is read: a page that only asks whether it exists stays light."""
    sha256: Mapped[str]
    printed_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
