"""The room that an address names, and what its pages say of the show."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from zoneinfo import ZoneInfo

from flask import g
from markupsafe import Markup

from core import catalogue, waitingroom
from core.catalogue import Show, TicketType
from core.database import transaction
from core.errors import NotFound
from core.remembering import Remembered
from core.waitingroom import Room
from storefront.showing import find_show

FACTS_SECONDS = 10.0
MOST_SHOWS = 10_000
MOST_ABOUT = 3_000
MOST_ABOUT_TYPE = 300
"""Characters of a description: very many load these pages at once."""
ENDS = re.compile(r"</(p|li|h\d|d[td]|blockquote)>|<[bh]r>")


@dataclass(frozen=True)
class ShowFacts:
    title: str
    starts_at: datetime
    """On the clocks of the place."""
    place_name: str
    time_zone: str
    about: Markup
    """Its description, clean already; only the beginning, and no markup, of a long one."""
    types: Sequence[tuple[str, str, int]]
    """Name, description and most in one order of what is on offer."""
    minutes_to_come_in: int = waitingroom.CLAIM_SECONDS // 60
    minutes_to_choose: int = waitingroom.PASS_SECONDS // 60

    def local(self, moment: datetime) -> datetime:
        """A moment on the clocks of the place."""
        return moment.astimezone(ZoneInfo(self.time_zone))


def get_room(slug: str) -> Room:
    """Raises NotFound."""
    room = find_room(slug)
    if room is None:
        raise NotFound("There is no waiting room for this show.")
    return room


def find_room(slug: str) -> Room | None:
    """Asks no database: a room's pages are asked for very often."""
    return _named(slug, waitingroom.rooms())


def find_room_afresh(slug: str) -> Room | None:
    """Asks the database, and holds no connection afterwards."""
    with transaction():
        return _named(slug, waitingroom.fresh_rooms().values())


def _named(slug: str, rooms: Iterable[Room]) -> Room | None:
    return next((room for room in rooms if room.slug == slug), None)


def show_facts(slug: str) -> ShowFacts:
    """Some seconds old at most. Raises NotFound."""
    return _facts.get((g.tenant.reference, slug))


def _look_up(key: tuple[str, str]) -> ShowFacts:
    show = find_show(key[1])
    return ShowFacts(
        show.title,
        show.local(show.starts_at),
        show.place_name,
        show.time_zone,
        _about(show),
        [
            (each.name, shorten(each.description, MOST_ABOUT_TYPE, placeholder=" …"), _limit(each))
            for each in catalogue.ticket_types(show)
        ],
    )


def _about(show: Show) -> Markup:
    whole = Markup(show.description_html)  # noqa: S704  # cleaned when it was written
    if len(whole) <= MOST_ABOUT:
        return whole
    text = Markup(ENDS.sub(r"\g<0> ", show.description_html)).striptags()  # noqa: S704  # only spaces are new
    return Markup("<p>{}</p>").format(shorten(text, MOST_ABOUT, placeholder=" …"))


def _limit(of: TicketType) -> int:
    return min(of.per_order_limit, of.per_customer_limit or of.per_order_limit)


_facts = Remembered(_look_up, seconds=FACTS_SECONDS, limit=MOST_SHOWS)
