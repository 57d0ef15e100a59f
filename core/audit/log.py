"""What happened was told, and what follows from it is done in time."""

from core import orders
from core.audit.rule import Rule
from core.payments import RefundState

TOLD: dict[str, tuple[str, ...]] = {
    "order": tuple(
        {*orders.LIFE.moves, *(each for to in orders.LIFE.moves.values() for each in to)}
    ),
    "refund": (RefundState.REQUESTED, RefundState.SUCCEEDED, RefundState.FAILED),
}
"""Moves that are events too, 'order.paid': by life, the states that are reached."""

_TYPES = ", ".join(f"'{life}.{state}'" for life, states in TOLD.items() for state in sorted(states))

RULES = (
    Rule(
        "what happened to orders and refunds is in the log",
        f"""
        SELECT type, subject_id, coalesce(m.moves, 0) AS moves, coalesce(e.events, 0) AS events
        FROM (SELECT subject_id, life || '.' || to_state AS type, count(*) AS moves FROM moves
              WHERE life || '.' || to_state IN ({_TYPES}) GROUP BY 1, 2) m
        FULL JOIN (SELECT subject_id, type, count(*) AS events FROM events
                   WHERE type IN ({_TYPES}) GROUP BY 1, 2) e USING (subject_id, type)
        WHERE coalesce(m.moves, 0) <> coalesce(e.events, 0)
        """,
        "A letter, a document or a refund was never asked for; or is about what never happened.",
    ),
    Rule(
        "no event waits longer than its limit",
        """
        SELECT reference AS event, type, subject_reference AS subject, recorded_at, attempts,
               array_to_string(awaits, ', ') AS awaits
        FROM events WHERE handled_at IS NULL
          AND recorded_at < clock_timestamp() - make_interval(secs => :late_after_seconds)
        ORDER BY recorded_at
        """,
        "Somebody has paid and has no tickets yet, or waits for money: a worker does not work.",
    ),
    Rule(
        "an event is closed when nothing is awaited of it",
        """
        SELECT reference AS event, type, subject_reference AS subject, handled_at,
               array_to_string(awaits, ', ') AS awaits
        FROM events WHERE (handled_at IS NULL) <> (cardinality(awaits) > 0)
        """,
        "A letter, a document or a refund is owed, and nobody asks for it any more.",
    ),
)
