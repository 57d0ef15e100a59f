"""The fee: whole minor units, between its bounds, never more than the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fees import Fees, Plan, fees_on_line
from core.money import rounded_half_up

amounts = st.integers(min_value=0, max_value=5_000)
plans = st.builds(
    lambda percent, fixed, least, span, storefront: Plan(
        "fee_x", percent, fixed, least, least + span, storefront
    ),
    st.integers(0, 10_000),
    amounts,
    amounts,
    amounts,
    st.integers(0, 10_000),
)
prices = st.integers(min_value=0, max_value=1_000_000)
quantities = st.integers(min_value=1, max_value=100)
channels = st.sampled_from(["storefront", "api"])


@given(prices, quantities, plans, channels)
def test_the_seller_never_owes_more_than_the_line(price, quantity, plan, channel):
    fees = fees_on_line(price, quantity, plan, channel=channel)

    assert fees.platform_minor >= 0
    assert fees.storefront_minor >= 0
    assert fees.platform_minor + fees.storefront_minor <= price * quantity


@given(prices, quantities, plans, channels)
def test_the_fee_keeps_its_bounds_unless_the_line_is_smaller(price, quantity, plan, channel):
    fee = fees_on_line(price, quantity, plan, channel=channel).platform_minor
    line = price * quantity

    assert fee <= plan.max_minor * quantity
    assert line == 0 or fee >= min(plan.min_minor * quantity, line)


@given(prices, quantities, plans)
def test_only_the_hosted_storefront_costs_extra(price, quantity, plan):
    assert fees_on_line(price, quantity, plan, channel="api").storefront_minor == 0


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_off_by_half_at_most(numerator, denominator):
    rounded = rounded_half_up(numerator, denominator)

    assert abs(rounded * denominator - numerator) * 2 <= denominator


@pytest.mark.parametrize(("numerator", "rounded"), [(1, 1), (-1, -1), (3, 2), (-3, -2), (2, 1)])
def test_halves_go_away_from_zero(numerator, rounded):
    assert rounded_half_up(numerator, 2) == rounded


def test_a_line_as_in_the_decision():
    plan = Plan("fee_x", 250, 49, 49, 995, 100)

    assert fees_on_line(2500, 2, plan, channel="storefront") == Fees(223, 50)
    assert fees_on_line(0, 2, plan, channel="storefront") == Fees(0, 0)
    assert fees_on_line(2500, 2, None, channel="storefront") == Fees(0, 0)
