"""Whole minor units and an ISO 4217 code; formatting by locale through Babel."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

MAX_AMOUNT_MINOR = 99_999_999
"""Stripe's largest charge for most currencies: eight digits (docs.stripe.com/currencies)."""


SMALLEST_CHARGE_MINOR = {
    "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250,
    "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000,
    "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50,
    "THB": 1000, "USD": 50,
}  # fmt: skip
"""What Stripe charges at least (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)."""


def smallest_charge_minor(currency: str) -> int:
    """Less than this, and more than nothing, cannot be paid."""
    return SMALLEST_CHARGE_MINOR.get(currency, 50)


def exponent(currency: str) -> int:
    """Decimal places of a currency: EUR 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


def formatted(amount_minor: int, currency: str, locale: str = "en") -> str:
    """'€25.00': the amount as people of that locale write it."""
    amount = Decimal(amount_minor).scaleb(-exponent(currency))
    return format_currency(amount, currency, locale=locale)


def rounded_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole, halves away from zero; integers only."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
