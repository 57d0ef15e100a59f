"""Switching waiting rooms of a running stack, as its own programs would.

python -m tests.journeys.lines mark SLUG SHOW SEATS
python -m tests.journeys.lines announce SLUG SHOW SECONDS
python -m tests.journeys.lines close SLUG SHOW
python -m tests.journeys.lines hasten SLUG SHOW PASS SECONDS     prints the pass that is left
"""

import sys
from datetime import timedelta

from core import actors, catalogue, clock, tenancy, waitingroom
from core.database import db, transaction
from core.redis import client
from core.waitingroom import Room
from core.waitingroom.identifying import read_id
from core.waitingroom.tokens import Pass, read_pass, write_pass
from jobs import program

WHY = "a journey"


def mark(slug: str, seats: str) -> None:
    with transaction():
        show = catalogue.find_by_slug(slug)
        assert show
        waitingroom.mark(show, reason=WHY)
        waitingroom.change(show, reason=WHY, checkout_seats=int(seats))


def announce(slug: str, seconds: str) -> None:
    """Let the sale begin in a few seconds, with people gathering before it."""
    with transaction():
        show = catalogue.find_by_slug(slug)
        assert show
        show.on_sale_at = clock.now() + timedelta(seconds=float(seconds))
        db.session.flush()
        waitingroom.mark(show, reason=WHY)


def close(slug: str) -> None:
    with transaction():
        show = catalogue.find_by_slug(slug)
        assert show
        waitingroom.unmark(show, reason=WHY)
        waitingroom.close_now(show, reason=WHY)


def hasten(slug: str, given: str, seconds: str) -> None:
    """Let a pass be over in a few seconds, for its holder and for the line."""
    room = _room(slug)
    known = read_pass(given)
    read = read_id(known.place) if known else None
    assert known
    assert read
    until_ms = int((clock.now().timestamp() + float(seconds)) * 1000)
    server = client(room.cell)
    entry = str(server.hget(room.key("places"), read.key)).split()
    server.hset(room.key("places"), read.key, " ".join([*entry[:2], str(until_ms), entry[3]]))
    server.zadd(room.key("passes"), {read.key: until_ms})
    print(write_pass(Pass(known.place, until_ms)))


def _room(slug: str) -> Room:
    return next(room for room in waitingroom.rooms() if room.slug == slug)


def main(act: str, reseller: str, *facts: str) -> None:
    program.begin()
    with program.application().app_context():
        tenant = tenancy.find_by_slug(reseller)
        assert tenant
        with tenancy.bound_to(tenant), actors.acting_as("journey"):
            {"mark": mark, "announce": announce, "close": close, "hasten": hasten}[act](*facts)


if __name__ == "__main__":
    main(*sys.argv[1:])
