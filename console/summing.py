"""A reseller in figures, read from its own schema."""

from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from core import catalogue, events, orders, settings, tenancy
from core.events import Backlog
from core.orders import Sales
from core.tenancy import Tenant

log = structlog.get_logger()


@dataclass(frozen=True)
class Figures:
    shows: int
    orders: int
    sales: list[Sales]
    backlog: Backlog


@dataclass(frozen=True)
class Summary:
    """What the console shows of a reseller; no figures while its database does not answer."""

    tenant: Tenant
    url: str
    figures: Figures | None

    @property
    def host(self) -> str:
        return tenancy.home_host(self.tenant)


def summary_of(tenant: Tenant) -> Summary:
    return Summary(
        tenant=tenant,
        url=settings.load().origin(tenancy.home_host(tenant)),
        figures=_figures_of(tenant),
    )


def _figures_of(tenant: Tenant) -> Figures | None:
    try:
        with tenancy.bound_to(tenant):
            return Figures(
                shows=catalogue.count_shows(),
                orders=orders.count(),
                sales=orders.sales(),
                backlog=events.backlog(),
            )
    except sa.exc.SQLAlchemyError as error:  # one cell that is down must not hide all others
        log.warning("console.unanswered", reseller=tenant.slug, why=str(error).splitlines()[0])
        return None
