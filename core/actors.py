"""Who is acting: written on every move, event and audit row."""

import contextlib
import contextvars
from collections.abc import Iterator

_actor: contextvars.ContextVar[str] = contextvars.ContextVar("actor", default="system")


def current() -> str:
    """'customer', 'member mem_…', 'key key_…', 'stripe', 'schedule', or 'system'."""
    return _actor.get()


@contextlib.contextmanager
def acting_as(actor: str) -> Iterator[None]:
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)
