"""Moving a life from state to state: the database decides who wins, and each move is a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from core import actors
from core.database import copy_rows, db
from core.errors import Conflict
from core.moves.models import Move


class IllegalMove(Conflict):
    """The table of moves does not have this one, or somebody else moved it first."""

    code = "illegal_move"


@dataclass(frozen=True)
class Life:
    """A kind of life: its name and its moves, as data."""

    name: str
    moves: Mapping[str, frozenset[str]]

    def allows(self, before: str, after: str) -> bool:
        return after in self.moves.get(before, frozenset())


class Living(Protocol):
    """A row with a life."""

    id: Any
    state: Any


def begin(life: Life, *subject_ids: int, state: str, reason: str) -> None:
    """Write the first row of one or more lives."""
    _write(life, [(subject_id, None) for subject_id in subject_ids], state, reason)


def move(life: Life, thing: Living, to: str, *, reason: str, **facts: Any) -> None:
    """Move a row to a state, with further columns to set. Raises IllegalMove.

    Compare and set: the UPDATE asks for the state we saw, so of two movers one wins.
    """
    before = str(thing.state)
    if not life.allows(before, to):
        raise IllegalMove(f"This {life.name} is {before}; it cannot become {to}.")
    model = type(thing)
    won = db.session.execute(
        sa.update(model)
        .where(model.id == thing.id, model.state == before)
        .values(state=to, **facts)
        .returning(model.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if not won:
        raise IllegalMove(f"This {life.name} has just changed; please look again.")
    _write(life, [(thing.id, before)], to, reason)


def move_all(
    life: Life, model: Any, condition: sa.ColumnElement[bool], before: str, to: str, *, reason: str
) -> list[int]:
    """Move every row that fits from one state to another in one statement; return their ids."""
    if not life.allows(before, to):
        raise IllegalMove(f"A {life.name} that is {before} cannot become {to}.")
    moved = list(
        db.session.scalars(
            sa.update(model)
            .where(condition, model.state == before)
            .values(state=to)
            .returning(model.id)
            .execution_options(synchronize_session="fetch")
        )
    )
    _write(life, [(subject_id, before) for subject_id in moved], to, reason)
    return moved


def history(*subject_ids: int) -> list[Move]:
    """Every move of these subjects, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Move).where(Move.subject_id.in_(subject_ids)).order_by(Move.at, Move.id)
        )
    )


class Step(NamedTuple):
    """One row of the history; `before` is None where a life begins."""

    life: str
    subject_id: int
    before: str | None
    after: str
    actor: str
    reason: str


STEP_COLUMNS = ("life", "subject_id", "from_state", "to_state", "actor", "reason")


def write_steps(steps: Iterable[Step]) -> None:
    """Write the history of many lives at once, in the order in which it happened."""
    copy_rows(Move, STEP_COLUMNS, steps)


def _write(life: Life, subjects: Iterable[tuple[int, str | None]], to: str, reason: str) -> None:
    actor = actors.current()
    steps = [
        Step(life.name, subject_id, before, to, actor, reason) for subject_id, before in subjects
    ]
    if steps:
        write_steps(steps)
