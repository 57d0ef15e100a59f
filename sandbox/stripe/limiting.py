"""A limit on one address, as Stripe has one on each: requests in any one second.

Stripe's own is 25 unless they agreed to more (docs.stripe.com/rate-limits), and a refusal says in
`Stripe-Rate-Limited-Reason` what was exceeded.
"""

import threading
import time
from collections import deque

from sandbox.stripe.refusing import TooManyRequests

LIMITED = ("POST", "/v1/payment_intents")
SECOND = 1.0
EXCEEDED = (
    "Request rate limit exceeded. Learn more about rate limits at "
    "https://docs.stripe.com/rate-limits."
)


def too_many(reason: str) -> TooManyRequests:
    """A refusal; `reason` is 'endpoint-rate' or another of Stripe's."""
    limited = TooManyRequests(EXCEEDED, code="rate_limit")
    limited.headers["Stripe-Rate-Limited-Reason"] = reason
    return limited


class Limiter:
    """Remembers when it let requests pass. A request that is refused does not count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passed: deque[float] = deque()

    def let_pass(self, method: str, path: str, *, per_second: int) -> None:
        """Raises TooManyRequests where it would be more than `per_second`; 0 is no limit."""
        if per_second == 0 or (method, path) != LIMITED:
            return
        with self._lock:
            now = time.monotonic()
            while self._passed and self._passed[0] <= now - SECOND:
                self._passed.popleft()
            if len(self._passed) >= per_second:
                raise too_many("endpoint-rate")
            self._passed.append(now)
