"""The same form sent twice: a second click, back and again, an answer that never arrived."""

import re
import secrets
from collections.abc import Callable, Mapping

from flask import request

from core import boxoffice, idempotency, orders
from core.idempotency import Answer
from core.orders import Order

SCOPE = "storefront form"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """For a hidden field of a page: what is sent under it is one wish."""
    return secrets.token_urlsafe(24)


def once_at_the_till(key: str, fields: Mapping[str, str], place: Callable[[], Order]) -> str:
    """Run `place` at the till, or find what it placed before; the reference of the order.

    The same key with other fields is another wish: people go back and change their mind. A key
    that is missing or not of our making protects from nothing. Raises what `place` raises; a
    refusal is not kept.
    """
    if not KEY.fullmatch(key):
        return boxoffice.at_the_till(lambda: place().reference)
    written = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    hashed = idempotency.request_hash(request.method, request.path, written.encode())
    wish = f"{key} {hashed}"

    def work() -> str:
        before = idempotency.find_answer(SCOPE, wish, hashed)  # at the till it cannot be missed
        if before is not None and orders.get_by_reference(before.body).is_alive:
            return before.body
        reference: str = place().reference
        if before is None:
            idempotency.keep_answer(SCOPE, wish, hashed, Answer(303, reference))
        return reference

    return boxoffice.at_the_till(work)
