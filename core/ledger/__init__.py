"""The books: double entry, append only, whole minor units; balanced by the database itself."""

from core.ledger.accounts import Account
from core.ledger.balances import balances
from core.ledger.earning import Earnings, earnings
from core.ledger.models import Entry, Posting
from core.ledger.posting import Unbalanced, post, reverse

__all__ = [
    "Account",
    "Earnings",
    "Entry",
    "Posting",
    "Unbalanced",
    "balances",
    "earnings",
    "post",
    "reverse",
]
