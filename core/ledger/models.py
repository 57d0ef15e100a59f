"""An entry and its postings. Grants and triggers refuse to change or delete either."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from core.moves import id_column


class Entry(Model):
    __tablename__ = "entries"
    __table_args__ = (sa.Index(None, "order_id"),)

    id: Mapped[int] = id_column()
    source: Mapped[str] = mapped_column(unique=True)
    """What it books, 'payment pay_…': the same fact is booked once."""
    memo: Mapped[str]
    order_id: Mapped[int | None]
    currency: Mapped[str]
    actor: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())

    postings: Mapped[list["Posting"]] = relationship(lazy="selectin", viewonly=True)


class Posting(Model):
    __tablename__ = "postings"
    __table_args__ = (
        sa.CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        sa.Index(None, "entry_id"),
        sa.Index(None, "account"),
    )

    id: Mapped[int] = id_column()
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey(Entry.id))
    account: Mapped[str]
    amount_minor: Mapped[int]
    """In the entry's currency; debit positive, credit negative."""
