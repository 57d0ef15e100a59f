"""Argon2id, off the event loop: one hash takes some 30 ms of a core and 19 MiB.

Parameters: OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane).
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Invalid

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 200
AT_ONCE = 4

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_room = threading.BoundedSemaphore(AT_ONCE)
NOBODY = _hasher.hash("nobody has this password")
"""What is checked when there is no such account: the answer takes as long."""


def _aside(work: Callable[[], T]) -> T:
    """Run C code that would stall every greenlet in a real thread, if greenlets are in use."""
    from gevent import get_hub, monkey  # late: programs without gevent's patches never load it

    with _room:
        if not monkey.is_module_patched("threading"):
            return work()
        done: T = get_hub().threadpool.apply(work)
        return done


def hash_password(password: str) -> str:
    """Raises Invalid for one that is too short or absurdly long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid(f"A password has at least {MIN_LENGTH} characters.", field="password")
    return _aside(lambda: _hasher.hash(password))


def check_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; takes as long when there is no account."""
    if len(password) > MAX_LENGTH:
        return False

    def check() -> bool:
        try:
            return _hasher.verify(password_hash or NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False

    return _aside(check) and password_hash is not None
