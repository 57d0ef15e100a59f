"""Finding people."""

import sqlalchemy as sa

from core.accounts.models import ApiKey, Member
from core.database import db
from core.tenancy import on_platform


def actors_of(reseller_id: int) -> dict[str, str]:
    """Names of a reseller's members and keys by how moves and events call them: 'member mem_…'."""
    with on_platform():
        members = db.session.execute(
            sa.select(Member.reference, Member.name).where(Member.reseller_id == reseller_id)
        )
        keys = db.session.execute(
            sa.select(ApiKey.reference, ApiKey.name).where(ApiKey.reseller_id == reseller_id)
        )
        return {f"member {reference}": name for reference, name in members} | {
            f"key {reference}": f"API key “{name}”" for reference, name in keys
        }


def members_of(reseller_id: int) -> list[Member]:
    """People of a reseller whose accounts are open. On the platform."""
    return list(
        db.session.scalars(
            sa.select(Member)
            .where(Member.reseller_id == reseller_id, Member.closed_at.is_(None))
            .order_by(Member.id)
        )
    )
