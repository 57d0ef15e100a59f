"""The time, for people and letters. Stock and holds ask the database's clock instead."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
