"""Finding resellers in the directory."""

import sqlalchemy as sa

from core.database import db
from core.tenancy.binding import on_platform
from core.tenancy.models import Host, Reseller
from core.tenancy.reseller import Tenant


def _find(condition: sa.ColumnElement[bool]) -> Tenant | None:
    with on_platform():
        row = db.session.scalars(sa.select(Reseller).where(condition)).one_or_none()
        return Tenant.of(row) if row else None


def find_by_slug(slug: str) -> Tenant | None:
    return _find(Reseller.slug == slug)


def find_by_reference(reference: str) -> Tenant | None:
    return _find(Reseller.reference == reference)


def find_by_id(reseller_id: int) -> Tenant | None:
    return _find(Reseller.id == reseller_id)


def find_by_host(host: str) -> Tenant | None:
    return _find(
        Reseller.id == sa.select(Host.reseller_id).where(Host.name == host).scalar_subquery()
    )


def directory(*, after: str | None = None, limit: int) -> list[Tenant]:
    """Every reseller, whatever its state, oldest first; those after the one of this reference."""
    with on_platform():
        query = sa.select(Reseller).order_by(Reseller.id).limit(limit)
        if after is not None:
            place = sa.select(Reseller.id).where(Reseller.reference == after).scalar_subquery()
            query = query.where(Reseller.id > place)
        return [Tenant.of(row) for row in db.session.scalars(query)]


def hosts_of(tenant: Tenant) -> list[str]:
    """The host names of the reseller's own."""
    with on_platform():
        return list(
            db.session.scalars(
                sa.select(Host.name).where(Host.reseller_id == tenant.id).order_by(Host.name)
            )
        )


def everyone() -> list[Tenant]:
    """Every reseller, oldest first; closed ones too: their books and refunds go on."""
    with on_platform():
        rows = db.session.scalars(sa.select(Reseller).order_by(Reseller.id))
        return [Tenant.of(row) for row in rows]


def ping() -> None:
    """Ask the directory's database for a sign of life. On the platform."""
    db.session.execute(sa.select(1))
