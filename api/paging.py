"""Long lists in pieces: `limit`, `after`, and in the answer `has_more` and `next`."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from api.answering import Shape


class Identified(Shape):
    """Something with an id of its own."""

    id: str


Item = TypeVar("Item", bound=Identified)

DEFAULT_LIMIT = 25
MAX_LIMIT = 100


class Piece(BaseModel):
    """Which piece of a list is wanted."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT
    after: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]+$")] | None = None
    """The id that the piece before ended with."""


class Listing(Shape, Generic[Item]):
    data: list[Item]
    has_more: bool
    next: str | None
    """What to send as `after` for the next piece."""


def listing(items: list[Item], limit: int) -> Listing[Item]:
    """Of `items`, of which one more was loaded than asked for, those that were asked for."""
    shown = items[:limit]
    has_more = len(items) > limit
    return Listing(data=shown, has_more=has_more, next=shown[-1].id if has_more else None)
