"""Balances by account and currency: sums over the postings, nothing kept on the side."""

import sqlalchemy as sa

from core.database import db
from core.ledger.models import Entry, Posting


def balances(*, order_ids: list[int] | None = None) -> dict[tuple[str, str], int]:
    """{(account, currency): minor units, debit positive}; of some orders, if these are given."""
    query = (
        sa.select(Posting.account, Entry.currency, sa.func.sum(Posting.amount_minor))
        .join(Entry, Entry.id == Posting.entry_id)
        .group_by(Posting.account, Entry.currency)
    )
    if order_ids is not None:
        query = query.where(Entry.order_id.in_(order_ids))
    return {
        (account, currency): int(total) for account, currency, total in db.session.execute(query)
    }
