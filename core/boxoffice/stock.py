"""Counting stock: an act is one conditional UPDATE for all its types, with constraints underneath.

No row is locked ahead of the UPDATE, in the order of ids or otherwise: at the till there is nobody
to meet. Without the till two acts may lock the rows of the same types in opposite orders; one of
them then fails as a deadlock (40P01) and is begun again, and nothing is sold twice.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.dml import ReturningUpdate

from core.boxoffice import publishing
from core.boxoffice.published import VERSION
from core.boxoffice.publishing import Changed
from core.catalogue import TicketType
from core.database import Model, db
from core.errors import Conflict

Quantities = Mapping[int, int]
"""Tickets by id of their ticket type."""
Condition = Callable[[sa.ColumnElement[int]], sa.ColumnElement[bool]]
"""What must hold of a ticket type's row, given how many tickets are asked of it."""


# The table itself, not its class: an UPDATE through the mapper takes three times as long.
TYPES = Model.metadata.tables[TicketType.__tablename__]
LEFT = TYPES.c.capacity - TYPES.c.held - TYPES.c.sold


class SoldOut(Conflict):
    """Not enough of a ticket type is left; `ticket_type_id` says of which, `left` how many are."""

    code = "sold_out"
    title = "Just sold out"

    def __init__(self, ticket_type_id: int, name: str, left: int) -> None:
        self.ticket_type_id = ticket_type_id
        self.left = max(left, 0)
        super().__init__(
            f"{name}: only {self.left} left." if self.left else f"{name}: none left right now."
        )


def is_short(quantities: Quantities) -> bool:
    """Whether the counters, which count holds that are over, leave too little of one of these."""
    left = db.session.execute(sa.select(TYPES.c.id, LEFT).where(TYPES.c.id.in_(quantities)))
    return any(count < quantities[ticket_type_id] for ticket_type_id, count in left)


def take(quantities: Quantities) -> None:
    """Hold these, all or none. Raises SoldOut; the caller's transaction then ends."""
    short = _change(quantities, _free, held=+1)
    if short:
        raise _sold_out(short)


def release(quantities: Quantities) -> None:
    """Put held ones back on sale."""
    _must(not _change(quantities, _held, held=-1), "released more than was held")


def sell_held(quantities: Quantities) -> None:
    """From held to sold."""
    _must(not _change(quantities, _held, held=-1, sold=+1), "sold more than was held")


def sell(quantities: Quantities) -> None:
    """Sell without a hold: what was paid for too late, if it is still there. Raises SoldOut."""
    short = _change(quantities, _free, sold=+1)
    if short:
        raise _sold_out(short)


def return_sold(quantities: Quantities) -> None:
    """Put sold ones back on sale, after a refund."""
    _must(not _change(quantities, _sold, sold=-1), "returned more than was sold")


def _free(count: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return count <= LEFT


def _held(count: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return TYPES.c.held >= count


def _sold(count: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return TYPES.c.sold >= count


ASKED = (
    sa.func.unnest(
        sa.bindparam("ids", type_=ARRAY(sa.BigInteger)),
        sa.bindparam("quantities", type_=ARRAY(sa.BigInteger)),
    )
    .table_valued(sa.column("id", sa.BigInteger), sa.column("quantity", sa.BigInteger))
    .render_derived(name="asked")
)


@lru_cache(maxsize=16)
def _update(condition: Condition, held: int, sold: int) -> ReturningUpdate[*Changed]:
    """Add or subtract what is asked of each ticket type, where the condition holds."""
    count = ASKED.c.quantity
    return (
        sa.update(TYPES)
        .where(TYPES.c.id == ASKED.c.id, condition(count))
        .values(held=TYPES.c.held + held * count, sold=TYPES.c.sold + sold * count)
        .returning(
            TYPES.c.id, TYPES.c.show_id, VERSION, TYPES.c.capacity, TYPES.c.held, TYPES.c.sold
        )
    )


def _change(
    quantities: Quantities, condition: Condition, *, held: int = 0, sold: int = 0
) -> set[int]:
    """The ids of those for which the condition does not hold: none, or the act must be undone."""
    if not quantities:
        return set()
    _must(min(quantities.values()) >= 0, "a number of tickets below zero")
    ids = sorted(quantities)
    asked = {"ids": ids, "quantities": [quantities[each] for each in ids]}
    changed = db.session.execute(_update(condition, held, sold), asked).all()
    publishing.note(changed)
    return quantities.keys() - {row.id for row in changed}


def _sold_out(short: set[int]) -> SoldOut:
    """The refusal for the first of these, by id."""
    first = min(short)
    found = sa.select(TYPES.c.name, LEFT).where(TYPES.c.id == first)
    return SoldOut(first, *db.session.execute(found).one())


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(f"box office: {otherwise}")
