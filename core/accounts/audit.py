"""What admins and members did to money, stock and rights: rows that are only ever added."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import actors
from core.database import PLATFORM, Model, db


class AuditRow(Model):
    __tablename__ = "audit_log"
    __table_args__ = ({"schema": PLATFORM},)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str]
    reseller: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


def write_audit(act: str, subject: str, *, reseller: str | None = None, **facts: Any) -> None:
    """Write who did what to what. On the platform, in the transaction that does it."""
    db.session.add(
        AuditRow(actor=actors.current(), act=act, subject=subject, reseller=reseller, facts=facts)
    )
