"""From what customers paid to what is owed to the reseller, step by step, out of the postings."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from core.database import db
from core.ledger.accounts import Account
from core.ledger.models import Entry, Posting

SALE, COST, REFUND, FAILED = "sale", "payment", "refund", "failed"
"""How the sources of entries begin: 'sale ord_…', 'payment cost ord_…', 'refund ref_…', and
'failed refund ref_…' for one that came back."""


@dataclass(frozen=True)
class Earnings:
    """Sums of one currency in its minor unit; all but `owed_minor` are what they are called."""

    currency: str
    gross_minor: int
    """What paid orders came to."""
    platform_fee_minor: int
    storefront_fee_minor: int
    payment_cost_minor: int
    refunds_minor: int
    """What went back to customers, for these orders."""
    fees_returned_minor: int
    """Our part of what went back."""
    owed_minor: int
    """What the account of the reseller says; the steps above lead to it."""

    @property
    def net_minor(self) -> int:
        return (
            self.gross_minor
            - self.platform_fee_minor
            - self.storefront_fee_minor
            - self.payment_cost_minor
            - self.refunds_minor
            + self.fees_returned_minor
        )


def earnings() -> list[Earnings]:
    """One waterfall for each currency of the bound reseller."""
    sums: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for currency, kind, account, total in db.session.execute(_sums()):
        sums[currency][kind, account] += int(total)
    return [_earnings(currency, sums[currency]) for currency in sorted(sums)]


def _sums() -> sa.Select[str, str, str, int]:
    kind = sa.func.split_part(Entry.source, " ", 1)
    return (
        sa.select(Entry.currency, kind, Posting.account, sa.func.sum(Posting.amount_minor))
        .join(Entry, Entry.id == Posting.entry_id)
        .group_by(Entry.currency, kind, Posting.account)
    )


def _earnings(currency: str, by: dict[tuple[str, str], int]) -> Earnings:
    def went_back(account: Account) -> int:
        return by[REFUND, account] + by[FAILED, account]

    fees_returned = went_back(Account.PLATFORM_FEE) + went_back(Account.STOREFRONT_FEE)
    return Earnings(
        currency=currency,
        gross_minor=by[SALE, Account.UNAPPLIED],
        platform_fee_minor=-by[SALE, Account.PLATFORM_FEE],
        storefront_fee_minor=-by[SALE, Account.STOREFRONT_FEE],
        payment_cost_minor=by[COST, Account.PAYABLE_PENDING],
        refunds_minor=went_back(Account.PAYABLE_PENDING) + fees_returned,
        fees_returned_minor=fees_returned,
        owed_minor=-sum(
            total for (_, account), total in by.items() if account == Account.PAYABLE_PENDING
        ),
    )
