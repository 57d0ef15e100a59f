"""Every life went from state to state as its table allows, and is where its history says."""

from collections.abc import Iterator

from core import orders, tickets, waitingroom
from core.audit.rule import Rule
from core.catalogue import ShowState
from core.catalogue.models import LIFE as SHOW_LIFE
from core.moves import Life
from core.orders import OrderState
from core.payments import PaymentState, RefundState
from core.payments.states import PAYMENT_LIFE, REFUND_LIFE
from core.tickets import TicketState

LIVES: tuple[tuple[Life, str, str], ...] = (
    (orders.LIFE, OrderState.HELD, "orders"),
    (tickets.LIFE, TicketState.HELD, "tickets"),
    (PAYMENT_LIFE, PaymentState.STARTING, "payments"),
    (REFUND_LIFE, RefundState.REQUESTED, "refunds"),
    (SHOW_LIFE, ShowState.DRAFT, "shows"),
    (waitingroom.LIFE, waitingroom.RoomState.CLOSED, "waiting_rooms"),
)
"""A life, the state it begins in, and the table of those who live it."""
NAMES = {"waiting_rooms": "id::text"}
"""What tells one from another where there is no reference."""


def _allowed() -> Iterator[str]:
    """Rows of SQL: life, from (nothing where it begins), to."""
    for life, beginning, _ in LIVES:
        yield f"('{life.name}', '', '{beginning}')"
        for before, afters in life.moves.items():
            yield from (f"('{life.name}', '{before}', '{after}')" for after in sorted(afters))


def _living() -> Iterator[str]:
    for life, _, table in LIVES:
        name = NAMES.get(table, "reference")
        yield f"SELECT '{life.name}' AS life, id, {name} AS reference, state FROM {table}"


RULES = (
    Rule(
        "no life makes a move that its table does not have",
        f"""
        SELECT m.life, m.subject_id, m.from_state, m.to_state, m.actor, m.reason, m.at
        FROM moves m LEFT JOIN (VALUES {", ".join(_allowed())}) allowed (life, before, after)
            ON allowed.life = m.life AND allowed.after = m.to_state
               AND allowed.before = coalesce(m.from_state, '')
        WHERE allowed.life IS NULL
        """,
        "Something changed a state past the table of moves: by hand, or by code that should not.",
    ),
    Rule(
        "every move begins where the one before it ended",
        """
        SELECT life, subject_id, before, from_state, to_state, at FROM (
            SELECT life, subject_id, from_state, to_state, at,
                   lag(to_state) OVER (PARTITION BY subject_id ORDER BY at, id) AS before
            FROM moves) m
        WHERE from_state IS DISTINCT FROM before
        """,
        "Two movers won the same move, or a row of the history is missing.",
    ),
    Rule(
        "the last move of every life is its state",
        f"""
        SELECT living.life, living.reference, living.state, ended.to_state AS last_move
        FROM ({" UNION ALL ".join(_living())}) living
        LEFT JOIN (SELECT DISTINCT ON (subject_id) subject_id, life, to_state
                   FROM moves ORDER BY subject_id, at DESC, id DESC) ended
            ON ended.subject_id = living.id AND ended.life = living.life
        WHERE living.state IS DISTINCT FROM ended.to_state
        """,
        "Something changed a state and left no word of it: by hand, or by code that should not.",
    ),
)
