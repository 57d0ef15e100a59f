"""From 'a Friday in eight days, at eight' to moments: reckoned on the clocks of the place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from serve.demo.world import Show

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SALES_OPEN_AT = time(10, 0)
ROUND_MINUTES = 5


@dataclass(frozen=True)
class Dates:
    """The moments of a show, in UTC."""

    doors_at: datetime
    starts_at: datetime
    ends_at: datetime
    on_sale_at: datetime
    off_sale_at: datetime


def dates_of(show: Show, *, time_zone: str, now: datetime) -> Dates:
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    starts_at = _moment(_weekday(today + timedelta(days=show.days), show), show.at, zone)
    return Dates(
        doors_at=starts_at - timedelta(minutes=show.doors_minutes),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=show.length_minutes),
        on_sale_at=_on_sale_at(show, today, zone, now),
        off_sale_at=starts_at - timedelta(minutes=show.off_sale_minutes),
    )


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _weekday(day: date, show: Show) -> date:
    wanted = WEEKDAYS.index(show.weekday)
    if show.days < 0:
        return day - timedelta(days=(day.weekday() - wanted) % 7)
    return day + timedelta(days=(wanted - day.weekday()) % 7)


def _on_sale_at(show: Show, today: date, zone: ZoneInfo, now: datetime) -> datetime:
    if show.on_sale_in_minutes is None:
        return _moment(today + timedelta(days=show.on_sale_days or 0), SALES_OPEN_AT, zone)
    soon = (now + timedelta(minutes=show.on_sale_in_minutes)).astimezone(UTC)
    minutes = -soon.minute % ROUND_MINUTES
    return soon.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
