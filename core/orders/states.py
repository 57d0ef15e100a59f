"""The life of an order."""

from enum import StrEnum

from core.moves import Life


class OrderState(StrEnum):
    HELD = "held"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


LIFE = Life(
    "order",
    {
        OrderState.HELD: frozenset({OrderState.PAID, OrderState.EXPIRED, OrderState.CANCELLED}),
        OrderState.EXPIRED: frozenset(
            {OrderState.PAID}
        ),  # the money came late, the tickets were there
        OrderState.PAID: frozenset({OrderState.REFUNDED}),
    },
)
