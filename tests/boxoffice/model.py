"""What the box office ought to do, in plain Python: no database, no clock, one at a time.

Each verb returns the outcome in a word: what core answers, or the name of its refusal.
"""

from collections import Counter
from dataclasses import dataclass, field

COST_MINOR = 100
"""What Stripe takes for a payment, in this world."""
HOLD_SECONDS, LONGEST_SECONDS = 600, 3600

Cart = dict[int, int]
"""Tickets by the place of their type in `BoxOffice.types`."""


@dataclass(frozen=True)
class TicketType:
    name: str
    price_minor: int
    capacity: int
    limit: int


@dataclass(eq=False)
class Payment:
    order: "Order"
    amount_minor: int
    currency: str
    state: str = "open"
    captured_minor: int = 0
    captured_currency: str = ""
    failure: str | None = None
    is_applied: bool = False


@dataclass(eq=False)
class Refund:
    payment: Payment
    amount_minor: int
    currency: str
    state: str = "requested"
    has_come_back: bool = False
    """The bank sent it back: Stripe never says after that that it succeeded."""


@dataclass(eq=False)
class Order:
    tickets: dict[int, list[str]]
    """States by type, in the order of issue."""
    total_minor: int
    state: str = "held"
    is_over: bool = False
    """Its time has run out."""
    seconds: int = HOLD_SECONDS
    """How long its tickets are kept."""
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    def turn(self, before: str, after: str) -> None:
        for states in self.tickets.values():
            states[:] = [after if state == before else state for state in states]

    def end(self, state: str) -> None:
        self.state = state
        self.turn("held", "void")


@dataclass(eq=False)
class BoxOffice:
    types: list[TicketType]
    orders: list[Order] = field(default_factory=list)

    def count(self, kind: int, *states: str) -> int:
        """Tickets of a type in these states, over all orders."""
        return sum(order.tickets.get(kind, []).count(s) for order in self.orders for s in states)

    def left(self, kind: int) -> int:
        """What can be had: a hold that is over stands in nobody's way."""
        over = sum(len(o.tickets.get(kind, [])) for o in self.orders if self.is_overdue(o))
        return self.types[kind].capacity - self.count(kind, "held", "valid", "used") + over

    def is_overdue(self, order: Order) -> bool:
        return order.state == "held" and order.is_over

    def is_there(self, cart: Cart) -> bool:
        return all(self.left(kind) >= count for kind, count in cart.items())

    # Holding

    def hold(self, cart: Cart) -> str:
        if any(count > self.types[kind].limit for kind, count in cart.items()):
            return "OverLimit"
        if not self.is_there(cart):
            return "SoldOut"
        total = sum(self.types[kind].price_minor * count for kind, count in cart.items())
        self.orders.append(Order({kind: ["held"] * n for kind, n in cart.items()}, total))
        return "held"

    def cancel(self, order: Order) -> str:
        if order.state != "held":
            return "TooLate"
        order.end("cancelled")
        return "cancelled"

    def extend(self, order: Order, seconds: int) -> str:
        if order.state == "expired" or self.is_overdue(order):
            return "HoldEnded"
        if order.state != "held" or order.seconds == LONGEST_SECONDS:
            return "TooLate"
        order.seconds = min(order.seconds + seconds, LONGEST_SECONDS)
        return "extended"

    def sweep(self) -> int:
        overdue = [order for order in self.orders if self.is_overdue(order)]
        for order in overdue:
            order.end("expired")
        return len(overdue)

    # Paying

    def begin_payment(self, order: Order) -> str:
        if order.state == "expired" or self.is_overdue(order):
            return "HoldOver"
        if order.state != "held":
            return "NothingToPay"
        if not any(payment.state == "open" for payment in order.payments):
            order.payments.append(Payment(order, order.total_minor, "EUR"))
        return "open"

    def succeed(self, payment: Payment, received_minor: int, currency: str) -> str:
        if payment.state == "succeeded":
            return "settled before"
        payment.state, payment.failure = "succeeded", None
        payment.captured_minor, payment.captured_currency = received_minor, currency
        order, is_agreed = payment.order, payment.currency == currency
        if is_agreed and received_minor == payment.amount_minor and self._pay(order):
            payment.is_applied = True
            return "paid"
        order.refunds.append(Refund(payment, received_minor, currency))
        return "sent back"

    def _pay(self, order: Order) -> bool:
        before = {"held": "held", "expired": "void"}.get(order.state)
        cart = {kind: len(states) for kind, states in order.tickets.items()}
        if before is None or (order.state == "expired" and not self.is_there(cart)):
            return False
        order.state = "paid"
        order.turn(before, "valid")
        return True

    def cancel_payment(self, payment: Payment) -> str:
        if payment.state != "open":
            return "nothing new"
        payment.state = "cancelled"
        return "cancelled"

    def decline(self, payment: Payment, why: str) -> str:
        if payment.failure == why:
            return "nothing new"
        payment.failure = why
        return "declined"

    # Going back

    def refund(self, order: Order, chosen: set[tuple[int, int]]) -> str:
        if order.state != "paid":
            return "RefundTooLarge"
        if any(order.tickets[kind][n] not in {"valid", "used"} for kind, n in chosen):
            return "TakenBack"
        for kind, n in chosen:
            order.tickets[kind][n] = "void"
        amount = sum(self.types[kind].price_minor for kind, _ in chosen)
        payment = next(payment for payment in order.payments if payment.is_applied)
        order.refunds.append(Refund(payment, amount, "EUR"))
        return "requested"

    def settle_refund(self, refund: Refund, status: str) -> str:
        if refund.state == "replaced":
            return "IllegalMove" if status == "succeeded" else "nothing new"
        if status == "succeeded" and refund.state != "succeeded":
            refund.state = "succeeded"
            self._end_if_all_went_back(refund)
            return "refunded"
        if status == "failed" and refund.state != "failed":
            refund.has_come_back = refund.state == "succeeded"
            refund.state = "failed"
            return "refund failed"
        if refund.state == "requested":
            refund.state = "submitted"
        return "nothing new"

    def _end_if_all_went_back(self, refund: Refund) -> None:
        payment, order = refund.payment, refund.payment.order
        is_all = payment.is_applied and self._gone(payment) == payment.captured_minor
        if is_all and order.state == "paid":
            order.state = "refunded"
            order.turn("valid", "void")
            order.turn("used", "void")

    def _gone(self, payment: Payment) -> int:
        given = (each for each in payment.order.refunds if each.payment is payment)
        return sum(each.amount_minor for each in given if each.state == "succeeded")

    def ask_again(self, refund: Refund) -> str:
        if refund.state != "failed":
            return "TakenBack"
        refund.state = "replaced"
        refund.payment.order.refunds.append(
            Refund(refund.payment, refund.amount_minor, refund.currency)
        )
        return "requested"

    # At the gate

    def check_in(self, order: Order, kind: int, n: int) -> str:
        state = order.tickets[kind][n]
        if state == "valid":
            order.tickets[kind][n] = "used"
            return "in"
        return "AlreadyIn" if state == "used" else "NotValid"

    # The books

    def balances(self) -> dict[tuple[str, str], int]:
        """What the ledger must say; the reseller's and our own part of a sale in one sum."""
        books: Counter[tuple[str, str]] = Counter()
        for payment in (each for order in self.orders for each in order.payments):
            if payment.state != "succeeded":
                continue
            currency = payment.captured_currency
            kept = payment.captured_minor - self._gone(payment)
            books["stripe_clearing", currency] += kept
            books["stripe_clearing", payment.currency] -= COST_MINOR
            books["sale" if payment.is_applied else "unapplied", currency] -= kept
            books["sale" if payment.is_applied else "payment_cost", payment.currency] += COST_MINOR
        return {key: minor for key, minor in books.items() if minor}
