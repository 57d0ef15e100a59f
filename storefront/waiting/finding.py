"""The room that an address names, and what its pages say of the show."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g

from core import waitingroom
from core.errors import NotFound
from core.remembering import Remembered
from core.waitingroom import Room
from storefront.showing import find_show

FACTS_SECONDS = 10.0
MOST_SHOWS = 10_000


@dataclass(frozen=True)
class ShowFacts:
    title: str
    starts_at: datetime
    """On the clocks of the place."""
    place_name: str
    time_zone: str

    def local(self, moment: datetime) -> datetime:
        """A moment on the clocks of the place."""
        return moment.astimezone(ZoneInfo(self.time_zone))


def get_room(slug: str) -> Room:
    """Raises NotFound. Asks no database: a room's pages are asked for very often."""
    for room in waitingroom.rooms():
        if room.slug == slug:
            return room
    raise NotFound("There is no waiting room for this show.")


def show_facts(slug: str) -> ShowFacts:
    """Some seconds old at most. Raises NotFound."""
    return _facts.get((g.tenant.reference, slug))


def _look_up(key: tuple[str, str]) -> ShowFacts:
    show = find_show(key[1])
    return ShowFacts(show.title, show.local(show.starts_at), show.place_name, show.time_zone)


_facts = Remembered(_look_up, seconds=FACTS_SECONDS, limit=MOST_SHOWS)
