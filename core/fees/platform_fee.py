"""The fee on one order line."""

from dataclasses import dataclass
from functools import lru_cache

from core.money import rounded_half_up

FULL_BP = 10_000


@dataclass(frozen=True)
class Plan:
    """A fee plan as plain values: what an order was priced under."""

    reference: str
    percent_bp: int
    fixed_minor: int
    min_minor: int
    max_minor: int
    storefront_bp: int


@dataclass(frozen=True)
class Fees:
    """Fees on a line, in its minor unit."""

    platform_minor: int
    storefront_minor: int


@lru_cache(maxsize=1024)
def fees_on_line(unit_price_minor: int, quantity: int, plan: Plan | None, *, channel: str) -> Fees:
    """Fees on one order line in its minor unit, rounded half up; nothing on free tickets.

    platform = clamp(percent of the line + fixed per ticket, min per ticket, max per ticket), never
    more than the line; storefront = percent of the line, if the hosted storefront sold it
    (docs/decisions/0006).
    """
    line_minor = unit_price_minor * quantity
    if plan is None or line_minor == 0:
        return Fees(0, 0)
    fee = rounded_half_up(line_minor * plan.percent_bp, FULL_BP) + plan.fixed_minor * quantity
    fee = min(max(fee, plan.min_minor * quantity), plan.max_minor * quantity, line_minor)
    storefront = (
        rounded_half_up(line_minor * plan.storefront_bp, FULL_BP) if channel == "storefront" else 0
    )
    return Fees(fee, min(storefront, line_minor - fee))
