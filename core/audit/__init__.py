"""The auditor: what must hold in a reseller's schema at every moment, and SQL that finds what does
not.

The one place in core that looks across: its SQL knows the tables of all domains, so that no domain
has to be believed about itself. It only reads. Each rule is data (a name, what breaks it, what that
means for a person at 3 a.m.); docs/runbooks/README.md says what to do about each.
"""

from core.audit.looking import (
    EXAMPLES,
    LATE_AFTER,
    RUNBOOK,
    STATEMENT_TIMEOUT_SECONDS,
    Finding,
    described,
    look,
)
from core.audit.rule import Rule
from core.audit.rules import RULES

__all__ = [
    "EXAMPLES",
    "LATE_AFTER",
    "RULES",
    "RUNBOOK",
    "STATEMENT_TIMEOUT_SECONDS",
    "Finding",
    "Rule",
    "described",
    "look",
]
