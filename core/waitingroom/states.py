"""The life of a waiting room."""

from enum import StrEnum

from core.moves import Life


class RoomState(StrEnum):
    READY = "ready"
    """Marked: it opens when the show goes on sale, and people may gather before."""
    OPEN = "open"
    """Nobody buys without a pass."""
    CLOSED = "closed"
    """Nobody waits and nobody needs to; it opens again under load."""


LIFE = Life(
    "waiting_room",
    {
        RoomState.CLOSED: frozenset({RoomState.READY, RoomState.OPEN}),
        RoomState.READY: frozenset({RoomState.OPEN, RoomState.CLOSED}),
        RoomState.OPEN: frozenset({RoomState.CLOSED}),
    },
)
