"""What is left of a show, as published in Redis: for telling people, never for selling.

One document a show: a Redis hash with a field for each ticket type. It is as old as the last change
of stock, or LOOK_SECONDS where something was lost: then one reader looks at the primary database
and puts down what it has seen. Of each ticket type the document keeps what is newest, in whatever
order it is told; so nothing here waits for anything, or has to happen once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import redis
import sqlalchemy as sa

from core.catalogue import TicketType
from core.database import Binding, Unbound, binding
from core.redis import asking

if TYPE_CHECKING:
    from redis.client import Pipeline

LOOK_SECONDS = 5
"""How long a document is believed before a reader looks at the database again."""
KEEP_SECONDS = 30
"""How long a document lives that nobody looks after."""
NEXT_EXPIRY = "next_expiry"
"""The field that says when the next hold ends; only who has looked at all of the show writes it."""
UNSEEN = "-"

VERSION = sa.cast(
    sa.cast(sa.literal_column(f"{TicketType.__tablename__}.xmin"), sa.Text), sa.BigInteger
).label("version")
"""The number of the transaction that wrote the row. Whoever changes stock is given it after the
lock of the till (LOCK TABLE does not ask for one), so these numbers grow in the order of commits.
"""
ROUND = 2**32
"""They go round: of two, the later is the one that is less than half a round ahead."""

RECORD = f"""
local is_seen = ARGV[2] ~= '{UNSEEN}'
for i = 3, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  local ahead = 1
  if known then
    ahead = (string.match(ARGV[i + 1], '^%d+') - string.match(known, '^%d+')) % {ROUND}
  end
  if (ahead > 0 and ahead < {ROUND // 2}) or (ahead == 0 and is_seen) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
if is_seen then
  redis.call('HSET', KEYS[1], '{NEXT_EXPIRY}', ARGV[2])
end
if is_seen or redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
"""
"""KEYS: the document. ARGV: how many ms to keep it, when the next hold ends, then each ticket type
and its counts. Safe to repeat. A change alone does not prolong a document's life, lest it prolong
that of what was lost before it. Who has seen a version knows better than who made it: of its holds
some may be over by now.
"""


class Counts(NamedTuple):
    """The stock of a ticket type, as it was at one moment."""

    version: int
    capacity: int
    held: int
    sold: int

    @property
    def left(self) -> int:
        return self.capacity - self.held - self.sold

    def is_after(self, other: "Counts") -> bool:
        return 0 < (self.version - other.version) % ROUND < ROUND // 2


@dataclass(frozen=True, slots=True)
class Published:
    """What is left of a show."""

    counts: Mapping[int, Counts]
    """By id of the ticket type; of some only, where nobody has looked at all of them for long."""
    next_expiry: datetime | None
    """When the next hold ends, if there is one."""
    is_due: bool = False
    """It is time that somebody looked at the database again, and this reader is to."""


def find_published(show_id: int) -> Published:
    """What is published of a show of the bound reseller: nothing, if Redis cannot be asked."""
    bound = _bound()
    document = document_of(bound.schema, show_id)
    try:
        with asking(bound.cell) as client:
            pipe = client.pipeline(transaction=False)
            pipe.hgetall(document)
            pipe.set(f"{document}:looked", "", nx=True, ex=LOOK_SECONDS)
            fields, is_due = pipe.execute()
    except redis.RedisError:
        return Published({}, None)
    next_expiry = fields.pop(NEXT_EXPIRY, "")
    return Published(
        {int(each): Counts(*map(int, text.split())) for each, text in fields.items()},
        datetime.fromisoformat(next_expiry) if next_expiry else None,
        bool(is_due),
    )


def publish(show_id: int, seen: Published) -> None:
    """Put down what was seen in the primary database; who saw something newer is not overruled."""
    bound = _bound()
    ends = seen.next_expiry.isoformat() if seen.next_expiry else ""
    try:
        with asking(bound.cell) as client:
            pipe = client.pipeline(transaction=False)
            record(pipe, document_of(bound.schema, show_id), seen.counts, next_expiry=ends)
            pipe.execute()
    except redis.RedisError:
        return  # the next reader looks for itself


def record(
    pipe: "Pipeline", document: str, counts: Mapping[int, Counts], next_expiry: str = UNSEEN
) -> None:
    """Have the document keep of these what is newer than what it has."""
    fields = [text for each in counts.items() for text in (each[0], " ".join(map(str, each[1])))]
    pipe.eval(RECORD, 1, document, KEEP_SECONDS * 1000, next_expiry, *fields)


def document_of(schema: str, show_id: int) -> str:
    return f"tts:left:{schema}:{show_id}"


def _bound() -> Binding:
    bound = binding()
    if bound is None:
        raise Unbound("No reseller is bound: enter tenancy.bound_to(reseller) first.")
    return bound
