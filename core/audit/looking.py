"""Looking: every rule asked of the bound schema, in one snapshot that disturbs nobody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.audit.rule import Rule
from core.audit.rules import RULES
from core.database import db

LATE_AFTER = timedelta(minutes=15)
"""What is owed (a reaction to an event, the end of a hold) for longer than this is found."""
EXAMPLES = 3
"""Rows shown of each finding; how many there are is counted."""
STATEMENT_TIMEOUT_SECONDS = 120
"""For one rule. 200,000 orders take 12 s of one core for all rules, the slowest of them 3 s."""
WORK_MEMORY_MB = 64
RUNBOOK = "docs/runbooks/README.md#what-the-auditor-finds"


@dataclass(frozen=True)
class Finding:
    """A rule that does not hold."""

    rule: str
    count: int
    """How many rows break it."""
    examples: tuple[dict[str, Any], ...]
    """Some of these rows, by column."""
    meaning: str
    runbook: str = RUNBOOK

    def __str__(self) -> str:
        shown = "; ".join(described(each) for each in self.examples)
        return f"{self.rule}: {self.count} ({shown})"


def described(row: dict[str, Any]) -> str:
    """'order=ord_… state=paid'."""
    return " ".join(f"{name}={fact}" for name, fact in row.items())


def look(*, late_after: timedelta = LATE_AFTER, limit: int = EXAMPLES) -> list[Finding]:
    """What breaks a rule in the bound reseller's schema; nothing if all is well.

    One transaction of its own: read-only, so it changes nothing whatever the SQL says; REPEATABLE
    READ, so all rules see the same moment (SERIALIZABLE would make sales abort that commit
    meanwhile); on one core. What the session has not committed is rolled back. Raises
    sqlalchemy.exc.OperationalError for a rule that takes longer than STATEMENT_TIMEOUT_SECONDS.
    """
    session = db.session()
    session.rollback()
    try:
        session.connection(
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        for setting in (
            f"statement_timeout = '{STATEMENT_TIMEOUT_SECONDS}s'",
            f"work_mem = '{WORK_MEMORY_MB}MB'",
            "max_parallel_workers_per_gather = 0",
            "jit = off",
        ):
            session.execute(sa.text(f"SET LOCAL {setting}"))
        answers = [_ask(rule, late_after, limit) for rule in RULES]
    finally:
        session.rollback()
    return [finding for finding in answers if finding]


def _ask(rule: Rule, late_after: timedelta, limit: int) -> Finding | None:
    rows = (
        db.session.execute(
            sa.text(
                "SELECT count(*) OVER () AS found_rows, breaking.* "
                f"FROM ({rule.breaks}) breaking LIMIT :limit"
            ),
            {"late_after_seconds": late_after.total_seconds(), "limit": limit},
        )
        .mappings()
        .all()
    )
    if not rows:
        return None
    examples = tuple(
        {name: fact for name, fact in row.items() if name != "found_rows"} for row in rows
    )
    return Finding(rule.name, rows[0]["found_rows"], examples, rule.meaning)
