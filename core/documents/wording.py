"""How texts, times and countries are written on paper and in letters."""

import unicodedata
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location

LANGUAGE = "en"
"""The language of our templates; dates and amounts follow the reseller's country in it."""
LETTER_PAPER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE"})
ELLIPSIS = "…"
JOINERS = "\u200c\u200d"
"""Of the invisible characters only these belong to words and emoji; others reorder what is near."""


@lru_cache(maxsize=256)
def locale_of(locale: str, country: str) -> Locale:
    """The reseller's locale if it is of our language, else our language as written there.

    locale_of("en-GB", "GB") is en_GB; locale_of("de", "DE") is en_DE: "5 December", "48,00 €".
    """
    language, _, territory = locale.replace("-", "_").partition("_")
    if language != LANGUAGE or not territory:
        territory = country
    try:
        return Locale.parse(f"{LANGUAGE}_{territory.upper()}")
    except (UnknownLocaleError, ValueError):
        return Locale(LANGUAGE)


def paper_of(country: str) -> str:
    return "letter" if country.upper() in LETTER_PAPER_COUNTRIES else "A4"


def one_line(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters; a cut ends in an ellipsis.

    Control characters, line breaks and direction overrides go: they could disturb what is near.
    """
    kept = "".join(
        " " if character.isspace() else character
        for character in text[: limit * 20]
        if character.isspace() or character in JOINERS or unicodedata.category(character)[0] != "C"
    )
    line = " ".join(kept.split())
    if len(line) <= limit:
        return line
    end = limit - 1
    while end > limit // 2 and (line[end] in JOINERS or unicodedata.combining(line[end])):
        end -= 1
    return line[:end].rstrip(f" ,;:–-{JOINERS}") + ELLIPSIS


def long_date(moment: datetime, time_zone: str, locale: Locale) -> str:
    """'Saturday, 5 December 2026'."""
    return format_date(moment.astimezone(ZoneInfo(time_zone)), "full", locale=locale)


def plain_date(moment: datetime, time_zone: str, locale: Locale) -> str:
    """'5 December 2026'."""
    return format_date(moment.astimezone(ZoneInfo(time_zone)), "long", locale=locale)


def weekday(moment: datetime, time_zone: str, locale: Locale) -> str:
    """'Saturday'."""
    return format_date(moment.astimezone(ZoneInfo(time_zone)), "EEEE", locale=locale)


def clock_time(moment: datetime, time_zone: str, locale: Locale) -> str:
    """'20:00' or '8:00 PM'; the space inside does not break."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return format_time(local, "short", locale=locale).replace("\u202f", "\u00a0")


def city_of(time_zone: str, locale: Locale) -> str:
    """'Berlin' for Europe/Berlin."""
    return get_timezone_location(ZoneInfo(time_zone), locale=locale, return_city=True)
