"""Where a show stands between its announcement and its end."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.catalogue.models import ShowState

ASSUMED_LENGTH = timedelta(hours=4)
"""When a show does not say when it ends."""


class Phase(StrEnum):
    HIDDEN = "hidden"
    UPCOMING = "upcoming"
    ON_SALE = "on_sale"
    CLOSED = "closed"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Scheduled(Protocol):
    """What decides a show's phase: a Show, or what is offered of it."""

    @property
    def state(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def on_sale_at(self) -> datetime: ...
    @property
    def off_sale_at(self) -> datetime: ...


def phase_of(show: Scheduled, at: datetime) -> Phase:
    """The phase of a show at a moment; whether anything is left is another question."""
    if show.state == ShowState.CANCELLED:
        return Phase.CANCELLED
    if show.state != ShowState.PUBLISHED:
        return Phase.HIDDEN
    if at >= (show.ends_at or show.starts_at + ASSUMED_LENGTH):
        return Phase.ENDED
    if at < show.on_sale_at:
        return Phase.UPCOMING
    return Phase.ON_SALE if at < show.off_sale_at else Phase.CLOSED
