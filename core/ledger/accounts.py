"""The chart of accounts of a reseller's ledger."""

from enum import StrEnum


class Account(StrEnum):
    """Debits are positive, credits negative. What we owe the reseller stands on the credit side."""

    STRIPE_CLEARING = "stripe_clearing"
    """Money that Stripe holds for us."""
    UNAPPLIED = "unapplied"
    """Captured, and not yet an order's or on its way back."""
    PAYABLE_PENDING = "payable_pending"
    """Owed to the reseller; to be paid out after the show."""
    PLATFORM_FEE = "platform_fee"
    STOREFRONT_FEE = "storefront_fee"
    PAYMENT_COST = "payment_cost"
    """What Stripe took; the reseller bears it."""
