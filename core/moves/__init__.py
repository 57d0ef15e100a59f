"""Lives: states, the moves between them, and a row for every move that says who, when and why."""

from core.moves.columns import id_column, reference_column
from core.moves.models import Move
from core.moves.moving import IllegalMove, Life, Step, begin, history, move, move_all, write_steps

__all__ = [
    "IllegalMove",
    "Life",
    "Move",
    "Step",
    "begin",
    "history",
    "id_column",
    "move",
    "move_all",
    "reference_column",
    "write_steps",
]
