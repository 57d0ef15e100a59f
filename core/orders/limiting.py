"""So many tickets of a type for one customer, in all their orders together.

One customer is one account, or one e-mail address in upper or lower case. Plus-addresses
(ada+box@example.org) are different people: only their provider knows whether one mailbox is behind
them, and whoever wants to cheat has a second address anyway. The limit makes hoarding a nuisance;
it is no proof of who somebody is.

What counts is held, valid or used; a hold whose time is over does not, paid late it is honoured
all the same (docs/decisions/0009). At the till nobody else changes the count before the commit.
"""

from collections.abc import Collection, Hashable, Iterator
from typing import Protocol

import sqlalchemy as sa

from core.database import db
from core.errors import Invalid


class Limited(Protocol):
    """A ticket type, or what is offered of it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def per_customer_limit(self) -> int | None: ...


class OverCustomerLimit(Invalid):
    """`taken` is how many this customer has already."""

    code = "over_customer_limit"
    title = "More than one customer may have"

    def __init__(self, ticket_type: Limited, taken: int, *, field: str | None = None) -> None:
        self.taken = taken
        most = ticket_type.per_customer_limit
        super().__init__(
            f"{ticket_type.name}: at most {most} for one customer, in all orders together; "
            f"this customer has {taken or 'none'} already.",
            field=field,
        )


class Taken:
    """Who has how many of which ticket type; `add` what is placed meanwhile."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str | int, int], dict[Hashable, int]] = {}

    def count(
        self,
        ticket_type_id: int,
        *,
        email: str | None,
        customer_id: int | None,
        apart_from: int | None = None,
    ) -> int:
        """Tickets in orders of this account or this address; not in the order `apart_from`."""
        theirs: dict[Hashable, int] = {}
        for key in _keys(email, customer_id):
            theirs |= self._orders.get((key, ticket_type_id), {})
        theirs.pop(apart_from, None)
        return sum(theirs.values())

    def check(
        self,
        ticket_type: Limited,
        quantity: int,
        *,
        email: str | None,
        customer_id: int | None,
        apart_from: int | None = None,
        field: str | None = None,
    ) -> None:
        """Raises OverCustomerLimit if so many more would be too many."""
        limit = ticket_type.per_customer_limit
        if limit is None:
            return
        taken = self.count(
            ticket_type.id, email=email, customer_id=customer_id, apart_from=apart_from
        )
        if taken + quantity > limit:
            raise OverCustomerLimit(ticket_type, taken, field=field)

    def add(
        self,
        ticket_type_id: int,
        quantity: int,
        *,
        email: str | None,
        customer_id: int | None,
        order: Hashable = None,
    ) -> None:
        """Count these too. `order` names the order they are in; without it, it is a new one."""
        named = object() if order is None else order
        for key in _keys(email, customer_id):
            self._orders.setdefault((key, ticket_type_id), {})[named] = quantity


def tickets_of(
    emails: Collection[str], customer_ids: Collection[int], ticket_type_ids: Collection[int]
) -> Taken:
    """What these customers have at the shows of these ticket types, in one statement.

    One look into an index for each address and account, whatever the statistics say.
    """
    taken = Taken()
    if ticket_type_ids and (emails or customer_ids):
        wanted = {
            "emails": list(set(emails)),
            "customer_ids": list(set(customer_ids)),
            "types": list(ticket_type_ids),
        }
        for row in db.session.execute(FIND, wanted):
            taken.add(
                row.ticket_type_id,
                row.quantity,
                email=row.email,
                customer_id=row.customer_id,
                order=row.order_id,
            )
    return taken


def _keys(email: str | None, customer_id: int | None) -> Iterator[str | int]:
    if email is not None:
        yield email.lower()
    if customer_id is not None:
        yield customer_id


# Before the first ANALYZE, the planner believes that one address has every two-hundredth order, and
# would rather read all of them, or all of a show (hence `+ 0`): OFFSET 0 and GROUP BY leave it no
# other way than one look into an index for each address and account. Nor is the type of a ticket a
# condition: all tickets of an order are few, all of a type very many.
SHOWS = "ARRAY(SELECT show_id FROM ticket_types WHERE id = ANY (CAST(:types AS bigint[])))"
LIVE = "state IN ('held', 'paid') AND (state = 'paid' OR expires_at > clock_timestamp())"
FIND = sa.text(f"""
SELECT found.email, found.customer_id, found.order_id, live.ticket_type_id, live.quantity
FROM (
    SELECT wanted.email, CAST(NULL AS bigint) AS customer_id, theirs.id AS order_id
    FROM unnest(CAST(:emails AS text[])) AS wanted (email)
    CROSS JOIN LATERAL (
        SELECT id FROM orders
        WHERE lower(email) = lower(wanted.email) AND show_id = ANY ({SHOWS}) AND {LIVE} OFFSET 0
    ) AS theirs
    UNION ALL
    SELECT NULL, wanted.id, theirs.id
    FROM unnest(CAST(:customer_ids AS bigint[])) AS wanted (id)
    CROSS JOIN LATERAL (
        SELECT id FROM orders
        WHERE customer_id = wanted.id AND show_id + 0 = ANY ({SHOWS}) AND {LIVE} OFFSET 0
    ) AS theirs
) AS found
CROSS JOIN LATERAL (
    SELECT ticket_type_id, count(*) FILTER (WHERE state IN ('held', 'valid', 'used')) AS quantity
    FROM tickets WHERE order_id = found.order_id GROUP BY ticket_type_id
) AS live
""")
