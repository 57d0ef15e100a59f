"""Whoever reads the log at night finds in the runbook what it says."""

from core.audit import RULES, RUNBOOK
from tests.conftest import ROOT


def test_every_rule_of_the_auditor_is_in_the_runbook():
    page, _, anchor = RUNBOOK.partition("#")
    text = (ROOT / page).read_text(encoding="utf-8")
    title = next(
        line for line in text.splitlines() if line.lower().replace(" ", "-").endswith(anchor)
    )
    rows = [line.split(" | ") for line in text.partition(title)[2].splitlines() if line[:2] == "| "]

    told = {row[0].removeprefix("| "): row[1] for row in rows[1:]}

    assert told == {rule.name: rule.meaning for rule in RULES}
    assert all(len(row) == 3 and len(row[2].removesuffix(" |")) > 10 for row in rows[1:])
