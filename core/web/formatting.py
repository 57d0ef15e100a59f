"""Filters for templates: dates on the clocks they are given in, money as people write it."""

from collections.abc import Callable
from datetime import datetime

from babel.dates import format_date, format_datetime, format_time
from flask import Flask
from flask_babel import Babel, get_locale

from core import money

babel = Babel()


def _locale() -> str:
    return str(get_locale() or "en")


def day(moment: datetime) -> str:
    """'Saturday, 12 December 2026', in the zone the moment carries; so are the others."""
    return format_date(moment, "full", locale=_locale())


def short_day(moment: datetime) -> str:
    return format_datetime(moment, "EEE d MMM", moment.tzinfo, locale=_locale())


def clock(moment: datetime) -> str:
    return format_time(moment, "short", moment.tzinfo, locale=_locale())


def amount(minor: int, currency: str) -> str:
    return money.formatted(minor, currency, _locale())


def offer(app: Flask) -> None:
    """Give a door's templates |day, |short_day, |time and |money."""
    babel.init_app(app, default_locale="en_GB")
    filters: dict[str, Callable[..., str]] = {
        "day": day,
        "short_day": short_day,
        "time": clock,
        "money": amount,
    }
    for name, function in filters.items():
        app.add_template_filter(function, name)
