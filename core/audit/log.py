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
_MOVED = " OR ".join(
    f"(life = '{life}' AND to_state IN ({', '.join(map(repr, map(str, sorted(states))))}))"
    for life, states in TOLD.items()
)

RULES = (
    Rule(
        "what happened to orders and refunds is in the log",
        f"""
        SELECT subject_id, state, sum(moves) AS moves, sum(events) AS events FROM (
            SELECT subject_id, to_state AS state, 1 AS moves, 0 AS events FROM moves
            WHERE {_MOVED}
            UNION ALL
            SELECT subject_id, split_part(type, '.', 2), 0, 1 FROM events
            WHERE type IN ({_TYPES})) told
        GROUP BY subject_id, state HAVING sum(moves) <> sum(events)
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
