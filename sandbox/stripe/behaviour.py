"""How badly the stand-in behaves: slowness, failures, lost and doubled notices, on demand."""

import random
from collections.abc import Mapping

from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Json, Store

USUAL: Mapping[str, int | float | bool | str] = {
    "latency_ms": 0,
    "fail_rate": 0.0,
    "fail_next": 0,
    "fail_after_next": 0,
    "rate_limit_next": 0,
    "retry_after_seconds": 1,
    "hang_next": 0,
    "hang_ms": 60_000,
    "only": "",
    "payments_per_second": 0,
    "duplicate_notices": 0,
    "delay_notices_ms": 0,
    "reorder_notices": False,
    "drop_notices": 0,
    "later_seconds": 60.0,
    "pending_seconds": 0,
}
MEANINGS = {
    "latency_ms": "every answer of the API takes this long",
    "fail_rate": "share of requests answered 500 before any work began (0 to 1)",
    "fail_next": "so many requests are answered 500 before any work began; nothing is kept",
    "fail_after_next": "so many are answered 500 although the work was done; the 500 is kept",
    "rate_limit_next": "so many requests are answered 429",
    "retry_after_seconds": "what a 429 says in Retry-After",
    "hang_next": "so many requests do their work and then hold back the answer",
    "hang_ms": "for how long they hold it back",
    "only": "limits all of the above to requests that begin so: 'POST /v1/refunds'",
    "payments_per_second": "more new payments in any one second are answered 429; 0: no limit",
    "duplicate_notices": "so many notices are sent twice",
    "delay_notices_ms": "notices leave this much later",
    "reorder_notices": "of notices close in time the later one is sent first",
    "drop_notices": "so many notices are never sent",
    "later_seconds": "when 'days later' comes by itself (dispute, warning); 0: never",
    "pending_seconds": "how long a payment's money stays pending (Stripe: days)",
}
LARGEST = 86_400_000


def current(store: Store) -> Json:
    return dict(USUAL) | (store.setting("behaviour") or {})


def change(store: Store, wanted: Json) -> Json:
    """Set some of the behaviour. Raises Refusal with the name that is wrong."""
    with store.transaction():
        now = current(store)
        for name, value in wanted.items():
            if name not in USUAL:
                raise Refusal(f"There is no behaviour {name!r}.", param=name)
            now[name] = _checked(name, value)
        store.set("behaviour", now)
        return now


def _checked(name: str, value: object) -> object:
    usual = USUAL[name]
    if isinstance(usual, bool | str) or isinstance(value, bool | str):
        is_good = type(usual) is type(value)
    else:
        is_good = (
            isinstance(value, int | float if isinstance(usual, float) else int)
            and 0 <= value <= LARGEST
        )
    if is_good:
        return value
    raise Refusal(f"{name} cannot be {value!r}.", param=name)


def take_one(store: Store, name: str) -> bool:
    """Use up one of a counted misbehaviour."""
    with store.transaction():
        now = current(store)
        if not now[name]:
            return False
        now[name] -= 1
        store.set("behaviour", now)
        return True


def concerns(wanted: Json, method: str, path: str) -> bool:
    return f"{method} {path}".startswith(wanted["only"])


def fails_by_chance(wanted: Json) -> bool:
    return random.random() < float(wanted["fail_rate"])  # noqa: S311  # dice, not a secret
