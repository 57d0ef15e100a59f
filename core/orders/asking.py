"""What somebody asks of the box office, and what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core import references
from core.errors import Refused
from core.idempotency import Answer, RequestKey
from core.orders.snapshots import Snapshot
from core.orders.wanting import Wish


@dataclass(frozen=True)
class Once:
    """Placing an order once, however often it is asked for under a key.

    The answer is written down in the transaction of the order. Whoever is at the till calls these
    two, perhaps for somebody else's request: they work with what they are given and nothing else.
    """

    request: RequestKey
    write: Callable[[Snapshot], Answer]
    write_refusal: Callable[[Refused], Answer | None]
    """None for a refusal that is not kept: asked again, it may be granted."""


@dataclass(frozen=True)
class Repeatable:
    """The answer to a request under a key, and whether it had been given before."""

    answer: Answer
    is_repeated: bool


@dataclass(frozen=True, eq=False)
class Asked:
    """One who stands in line. The order's reference is chosen here, to know it again."""

    wish: Wish
    once: Once | None = None
    reference: str = field(default_factory=lambda: references.new("order"))


Outcome = Snapshot | Repeatable | Refused
