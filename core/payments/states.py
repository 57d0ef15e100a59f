"""The lives of payments and refunds."""

from enum import StrEnum

from core.moves import Life


class PaymentState(StrEnum):
    STARTING = "starting"
    """We are about to ask Stripe for an intent, or have and do not know yet."""
    OPEN = "open"
    """The customer can pay; declined attempts change nothing."""
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REPLACED = "replaced"
    """It failed, and another was asked for in its place."""


PAYMENT_LIFE = Life(
    "payment",
    {
        PaymentState.STARTING: frozenset({PaymentState.OPEN, PaymentState.CANCELLED}),
        PaymentState.OPEN: frozenset({PaymentState.SUCCEEDED, PaymentState.CANCELLED}),
        PaymentState.CANCELLED: frozenset({PaymentState.SUCCEEDED}),  # Stripe has the last word
    },
)
REFUND_LIFE = Life(
    "refund",
    {
        RefundState.REQUESTED: frozenset(
            {RefundState.SUBMITTED, RefundState.SUCCEEDED, RefundState.FAILED}
        ),
        RefundState.SUBMITTED: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
        RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),  # banks can send it back later
        # Stripe has the last word, unless it was asked anew.
        RefundState.FAILED: frozenset({RefundState.SUCCEEDED, RefundState.REPLACED}),
    },
)
