"""Waiting for the time at which Stripe may be asked: shortly right here, else by coming again."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from core import orders, pacing
from core.database import transaction
from core.errors import Unavailable
from core.orders import TooLate
from core.payments.stripe_gateway import GatewayBusy

log = structlog.get_logger()

LITTLE_SECONDS = 3.0
"""A wait of up to so long does not make a hold longer."""
AFTERWARDS_SECONDS = 30
"""A hold that has to wait lasts at least so much longer than its wait."""
EARLY_SECONDS = 1
"""Who waits asks again so much before its turn, and waits for the rest right here. If everybody
came a little late, it would be this second that Stripe is asked less, and every estimate slips."""
JOB_PATIENCE_SECONDS = 5.0
"""How long a job waits for its turn; after that it is tried again later, as when Stripe is down."""
LATE_SECONDS = 0.1
"""Whose request would leave so much after its time takes another: it would bunch with others'."""
MOST_TIMES = 3
"""How many times one request takes; a machine so busy goes on with the last."""
WHY_EXTENDED = "waited for its turn to pay"

FETCH_INTENT = "payment_intents.retrieve"
CREATE_REFUND = "refunds.create"
FETCH_REFUND = "refunds.retrieve"
FIND_REFUND = "refunds.list"


class PaymentWaits(Unavailable):
    """Many are paying at this moment: the order has a turn, and keeps it until it comes again."""

    code = "payment_waits"
    title = "Your payment is being prepared"

    def __init__(self, wait_seconds: float) -> None:
        self.wait_seconds = max(1, math.ceil(wait_seconds))
        self.retry_after_seconds = ask_again_seconds(self.wait_seconds)
        seconds = f"{self.wait_seconds} second{'s' if self.wait_seconds > 1 else ''}"
        super().__init__(
            f"Many people are paying at this moment. It is your turn in about {seconds}; "
            "your tickets are kept for you meanwhile."
        )


class Turn:
    """A time at which Stripe may be asked once."""

    def __init__(self, wait_seconds: float) -> None:
        self._due = time.monotonic() + wait_seconds

    def sleep(self) -> None:
        time.sleep(max(0.0, self._due - time.monotonic()))

    def be_on_time(self) -> None:
        """Call it last before asking: who was held up meanwhile takes the next time there is."""
        for _ in range(MOST_TIMES - 1):
            if time.monotonic() < self._due + LATE_SECONDS:
                return
            slot = pacing.take(pacing.PAYMENTS, patience_seconds=pacing.PATIENCE_SECONDS)
            self._due = time.monotonic() + min(slot.wait_seconds, pacing.PATIENCE_SECONDS)
            self.sleep()


@contextmanager
def turn_of(order_reference: str, *, extends_hold: bool = True) -> Iterator[Turn]:
    """The turn of an order's payment: sleeps until it is there, if that is soon; then go ahead.

    If it is not soon, the hold is made longer by the wait, once, and it is for the customer to come
    again; should that have been lost, asking again still makes it last until its turn. One request
    to Stripe is paid for by it, and of those who come for the same order one goes at a time. Enter
    it outside of any transaction. Raises PaymentWaits, HoldEnded.
    """
    slot = pacing.reserve(order_reference)
    if not slot.is_yours:
        if slot.wait_seconds > LITTLE_SECONDS and extends_hold:
            _extend(order_reference, math.ceil(slot.wait_seconds), is_new=slot.is_new)
        raise PaymentWaits(slot.wait_seconds)
    turn = Turn(slot.wait_seconds)
    try:
        turn.sleep()
        yield turn
    finally:
        pacing.finish(order_reference)


def find_wait(order_reference: str) -> int | None:
    """In how many seconds it is the turn of an order that was told to wait; None if it was not."""
    wait_seconds = pacing.find_wait(order_reference)
    return None if wait_seconds is None else math.ceil(wait_seconds)


def ask_again_seconds(wait_seconds: int) -> int:
    """After how long somebody asks again whose turn is in so many seconds."""
    return max(1, wait_seconds - EARLY_SECONDS)


def await_endpoint(endpoint: str) -> None:
    """Sleep until a job may ask this endpoint of Stripe's. Raises GatewayBusy."""
    slot = pacing.take(endpoint, patience_seconds=JOB_PATIENCE_SECONDS)
    if not slot.is_yours:
        raise GatewayBusy(f"Too many requests to {endpoint} are under way.")
    time.sleep(slot.wait_seconds)


def _extend(order_reference: str, wait_seconds: int, *, is_new: bool) -> None:
    try:
        with transaction():
            order = orders.get_by_reference(order_reference)
            lacking = wait_seconds + AFTERWARDS_SECONDS - orders.seconds_left(order)
            # Whole seconds, rounded down: a turn that was told in whole ones lacks a part of one.
            seconds = max(math.floor(lacking), wait_seconds if is_new else 0)
            if seconds > 0:
                orders.extend(order, seconds=seconds, reason=WHY_EXTENDED)
    except TooLate:  # held for as long as any may be; its turn may still come in time
        log.info("hold.longest", order=order_reference)
