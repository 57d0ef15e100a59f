"""Texts of strangers become one harmless line; times and amounts follow the reseller's country."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents import wording


@given(st.text(max_size=400), st.integers(min_value=2, max_value=100))
def test_any_text_becomes_one_line_of_at_most_so_many_characters(text: str, limit: int) -> None:
    line = wording.one_line(text, limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not any(character in line for character in "\u202e\u2066\x00\x1b")


def test_a_short_text_stays_as_it_is() -> None:
    assert wording.one_line("Łukasz  Żółć 👩‍👧", 60) == "Łukasz Żółć 👩‍👧"


def test_a_cut_shows() -> None:
    assert wording.one_line("a" * 10_000, 10) == "aaaaaaaaa…"


@pytest.mark.parametrize(
    ("locale", "country", "expected"),
    [
        ("en", "DE", "en_DE"),
        ("en", "GB", "en_GB"),
        ("en-GB", "DE", "en_GB"),
        ("de", "DE", "en_DE"),
        ("fr_CA", "CA", "en_CA"),
        ("en", "XX", "en"),
        ("", "", "en"),
        ("en-../..", "US", "en"),
    ],
)
def test_we_write_english_as_it_is_written_there(locale: str, country: str, expected: str) -> None:
    assert str(wording.locale_of(locale, country)) == expected


def test_times_are_those_of_the_clocks_at_the_place() -> None:
    begins = datetime(2026, 12, 6, 1, 0, tzinfo=UTC)
    american = wording.locale_of("en", "US")

    assert wording.long_date(begins, "America/New_York", american) == "Saturday, December 5, 2026"
    assert wording.clock_time(begins, "America/New_York", american) == "8:00\u00a0PM"
    assert wording.city_of("America/New_York", american) == "New York"
    assert wording.clock_time(begins, "Europe/Berlin", wording.locale_of("en", "DE")) == "02:00"
