"""Waiting rooms of many resellers at a glance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from core import tenancy, waitingroom
from core.tenancy import Tenant
from core.waitingroom import NowServing, RoomPhase

MOST_ROOMS = 500
ORDER = (RoomPhase.OPEN, RoomPhase.GATHERING, RoomPhase.ANNOUNCED)

log = structlog.get_logger()


@dataclass(frozen=True)
class RoomRow:
    """One of many rooms. The opening is on the clocks of the place."""

    reseller_reference: str
    reseller_name: str
    show: str
    title: str
    phase: RoomPhase
    opens_at: datetime
    serving: NowServing


@dataclass(frozen=True)
class Overview:
    rooms: list[RoomRow]
    """Ready or open, the busiest first."""
    unanswered: list[str]
    """Names of resellers whose database did not answer."""


def overview_of(tenants: Iterable[Tenant], now: datetime) -> Overview:
    """A cell that is silent once is not asked again: every try takes seconds."""
    rooms: list[RoomRow] = []
    unanswered: list[str] = []
    silent: set[str] = set()
    for tenant in tenants:
        if tenant.cell not in silent:
            try:
                rooms += _rooms_of(tenant, now)
                continue
            except sa.exc.SQLAlchemyError as error:
                why = str(error).splitlines()[0]
                log.warning("console.unanswered", reseller=tenant.slug, why=why)
                if _is_silent(error):
                    silent.add(tenant.cell)
        unanswered.append(tenant.name)
    rooms.sort(key=lambda row: (ORDER.index(row.phase), -row.serving.waiting, row.opens_at))
    return Overview(rooms[:MOST_ROOMS], unanswered)


def _rooms_of(tenant: Tenant, now: datetime) -> list[RoomRow]:
    with tenancy.bound_to(tenant):
        return [
            RoomRow(
                reseller_reference=tenant.reference,
                reseller_name=tenant.name,
                show=room.show,
                title=room.title,
                phase=room.phase(now),
                opens_at=room.on_sale_at.astimezone(ZoneInfo(room.time_zone)),
                serving=waitingroom.now_serving(room),
            )
            for room in waitingroom.rooms()
            if room.phase(now) != RoomPhase.CLOSED
        ]


def _is_silent(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether nobody answered at all: what a database says of itself has a state."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) is None
