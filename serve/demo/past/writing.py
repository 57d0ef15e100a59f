"""Writing the invented sales down: alone at the till, all or none, a statement for each table."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from core import boxoffice, fees
from core.catalogue import Show
from core.database import Model, db, transaction
from core.orders import Order
from core.tenancy import Tenant
from serve.demo.past.inventing import OnOffer, Sale, invent
from serve.demo.past.rows import Row, Rows
from serve.demo.world import Reseller

IDS_AT_ONCE = 4000


def write(spec: Reseller, tenant: Tenant, *, customer_id: int, now: datetime) -> int:
    """Sell what the world says was sold, unless that has been done; answers with the orders there.

    With the reseller bound, before anybody buys: with an order in the books it is done.
    """
    with transaction():
        known = _count()
        shows = [] if known else _shows(spec)
    if known:
        return known - len(spec.orders)
    sales = invent(spec, shows, customer_id=customer_id, now=now)
    dice = random.Random(spec.slug)  # noqa: S311  # the same world from the same seed
    plan = fees.plan_of(tenant)

    def at_once() -> None:
        if _count():
            return
        rows = Rows(_ids(), plan, dice, now)
        for sale in sales:
            rows.add(sale)
        sold = _sold(sales)
        boxoffice.take(sold)
        boxoffice.sell_held(sold)
        for table, written in rows.tables.items():
            _insert(table, written)

    boxoffice.at_the_till(at_once)
    return len(sales)


def _insert(table: type[Model], rows: list[Row]) -> None:
    """All of them in one statement: sent one by one they would take ten times as long."""
    columns = ", ".join(rows[0])
    statement = (
        f"INSERT INTO {table.__tablename__} ({columns}) SELECT {columns} "
        f"FROM jsonb_populate_recordset(NULL::{table.__tablename__}, CAST(:rows AS jsonb))"
    )
    db.session.execute(sa.text(statement), {"rows": json.dumps(rows, default=datetime.isoformat)})


def _count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Order)) or 0


def _shows(spec: Reseller) -> list[tuple[Show, list[OnOffer]]]:
    """What was sold of what; detached, as they are only read from here on."""
    rows = {show.slug: show for show in db.session.scalars(sa.select(Show))}
    found = []
    for show in spec.shows:
        sold = {each.name: each.sold for each in show.ticket_types}
        row = rows[show.slug]
        found.append((row, [OnOffer(each, sold[each.name]) for each in row.ticket_types]))
    db.session.expunge_all()
    return found


def _sold(sales: list[Sale]) -> Counter[int]:
    sold: Counter[int] = Counter()
    for sale in sales:
        if sale.is_paid:
            for ticket_type, count in sale.lines:
                sold[ticket_type.id] += count
    return sold


def _ids() -> Iterator[int]:
    """Ids from the schema's one sequence, many at a time."""
    some = sa.select(sa.func.nextval("ids")).select_from(sa.func.generate_series(1, IDS_AT_ONCE))
    while True:
        yield from db.session.scalars(some).all()
