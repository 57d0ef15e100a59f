"""What is beyond the line: the stock, the box office, and the payment provider. All of it virtual.

What the product does with them is tested elsewhere; here they only have to be as fast and as slow.
"""

from dataclasses import dataclass

from bench.simulation.crowd import SECOND
from bench.simulation.plans import Plan
from bench.simulation.promises import Promises

ORDER_MS = 0.5
"""The box office takes 2,000 orders a second (docs/evidence/box-office.md)."""
CALM_MS = 125.0
"""And an order 125 ms, unless others are before it (there too)."""
HOLD_MS = 600 * SECOND
"""As a show has it unless the reseller says otherwise (core/catalogue/models.py)."""
MOST_HELD_MS = 3600 * SECOND
"""core/orders/extending.py"""
LITTLE_MS = 3 * SECOND
"""A wait for the payment provider that makes no hold longer (core/payments/pacing.py)."""


@dataclass(slots=True)
class Order:
    tickets: int
    turn_at: float
    """When its payment may be begun."""
    expires_at: float
    is_held: bool = True


class Checkout:
    """Holds, sales and payments, each in its turn."""

    def __init__(self, plan: Plan, promises: Promises) -> None:
        self.left = plan.tickets
        self.held_tickets = 0
        self.held_orders = 0
        self.sold = 0
        self.orders = 0
        self.payments = 0
        self.expired_orders = 0
        self.most_wait_ms = 0.0
        self._interval = SECOND / plan.payments_per_second
        self._next_payment = 0.0
        self._busy_until = 0.0
        self._promises = promises

    def place(self, wanted: int, at: float) -> Order | None:
        """Hold so many tickets, or what is left of them; None if nothing is.

        Its payment gets the next turn there is: the generic cell rate algorithm without tolerance,
        as core/pacing has it, where nobody who waits goes away.
        """
        self._busy_until = max(at, self._busy_until) + ORDER_MS
        tickets = min(wanted, self.left)
        if not tickets:
            return None
        turn_at = max(self._next_payment, at)
        self._next_payment = turn_at + self._interval
        wait = turn_at - at
        self.most_wait_ms = max(self.most_wait_ms, wait)
        extra = wait if wait > LITTLE_MS else 0.0
        self.left -= tickets
        self.held_tickets += tickets
        self.held_orders += 1
        self.orders += 1
        self._promises.stock(self.held_tickets, self.sold)
        return Order(tickets, turn_at, at + min(HOLD_MS + extra, MOST_HELD_MS))

    def begin_payment(self, at: float) -> None:
        self.payments += 1
        self._promises.payment(at)

    def pay(self, order: Order) -> bool:
        """Whether it was still held."""
        if not self._let_go(order):
            return False
        self.sold += order.tickets
        self._promises.stock(self.held_tickets, self.sold)
        return True

    def expire(self, order: Order) -> None:
        if self._let_go(order):
            self.left += order.tickets
            self.expired_orders += 1

    def _let_go(self, order: Order) -> bool:
        if not order.is_held:
            return False
        order.is_held = False
        self.held_tickets -= order.tickets
        self.held_orders -= 1
        return True

    def strain_ms(self, at: float) -> float:
        return CALM_MS + max(0.0, self._busy_until - at)

    def backlog_seconds(self, at: float) -> float:
        """How long a payment would wait that came now."""
        return max(0.0, self._next_payment - at) / SECOND
