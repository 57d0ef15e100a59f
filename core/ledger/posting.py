"""Posting: the only way into the books."""

from collections.abc import Mapping

import sqlalchemy as sa

from core import actors
from core.database import db
from core.ledger.accounts import Account
from core.ledger.models import Entry, Posting


class Unbalanced(ValueError):
    """Debits and credits differ: a mistake of ours, never of the customer's."""


def reverse(source: str, *, as_source: str, memo: str) -> None:
    """Write the mirror of an entry: what was booked stays, and is booked back."""
    entry = db.session.scalars(sa.select(Entry).where(Entry.source == source)).one()
    post(
        as_source,
        {Account(each.account): -each.amount_minor for each in entry.postings},
        currency=entry.currency,
        memo=memo,
        order_id=entry.order_id,
    )


def post(
    source: str,
    amounts: Mapping[Account, int],
    *,
    currency: str,
    memo: str,
    order_id: int | None = None,
) -> None:
    """Write one balanced entry: amounts in minor units by account, debit positive.

    Zeros fall away; an entry of zeros only is not written. Raises Unbalanced, and IntegrityError
    if this source was booked before.
    """
    moved = {account: amount for account, amount in amounts.items() if amount}
    if sum(moved.values()) != 0:
        raise Unbalanced(f"{source}: {moved}")
    if not moved:
        return
    entry = Entry(
        source=source, memo=memo, order_id=order_id, currency=currency, actor=actors.current()
    )
    db.session.add(entry)
    db.session.flush()
    db.session.execute(
        sa.insert(Posting),
        [
            {"entry_id": entry.id, "account": account, "amount_minor": amount}
            for account, amount in moved.items()
        ],
    )
