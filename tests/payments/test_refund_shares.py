"""However a refund is split, the fees that go back add up to the fees that were taken."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from core.ledger import Account
from core.payments.refunding import _shares


@dataclass
class Sold:
    total_minor: int
    platform_fee_minor: int
    storefront_fee_minor: int


@st.composite
def split_sales(draw):
    parts = draw(st.lists(st.integers(1, 100_000), min_size=1, max_size=8))
    total = sum(parts)
    platform = draw(st.integers(0, total))
    storefront = draw(st.integers(0, total - platform))
    return Sold(total, platform, storefront), parts


@given(split_sales())
def test_every_part_balances_and_all_parts_add_up(case):
    sold, parts = case
    given_back = dict.fromkeys((Account.PLATFORM_FEE, Account.STOREFRONT_FEE), 0)
    before = 0
    for part in parts:
        shares = _shares(sold, before, part)
        assert sum(shares.values()) == part
        for account in given_back:
            assert shares[account] >= 0
            given_back[account] += shares[account]
        before += part

    assert given_back[Account.PLATFORM_FEE] == sold.platform_fee_minor
    assert given_back[Account.STOREFRONT_FEE] == sold.storefront_fee_minor
