"""A reseller on the stage: what is wished for, and how to reach what was opened."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OnSale:
    """A show by its reference, and its ticket types by theirs."""

    show: str
    ticket_types: tuple[str, ...]


@dataclass(frozen=True)
class Reseller:
    """A reseller as programs outside know it, with the shows that are on sale there."""

    reference: str
    slug: str
    schema_name: str
    key: str
    """May do all that an API key can be allowed to."""
    shows: tuple[OnSale, ...]

    @classmethod
    def read(cls, text: str) -> "Reseller":
        facts = json.loads(text)
        shows = [OnSale(each["show"], tuple(each["ticket_types"])) for each in facts.pop("shows")]
        return cls(**facts, shows=tuple(shows))


@dataclass(frozen=True)
class Wishes:
    """What to open: a show for each entry of `shows`, with so many ticket types."""

    slug: str
    shows: tuple[int, ...]
    capacity: int
    """Of each ticket type."""
    show_facts: dict[str, Any]
    """Columns of Show that shall be otherwise than here."""
