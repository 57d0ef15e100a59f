"""Whoever reads the log at night finds in the runbook what it says."""

import re

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


def test_every_alarm_of_a_waiting_room_is_in_the_runbook():
    alarm = re.compile(r'log\.(?:warning|error|exception)\(\s*"(waiting_room\.[a-z_]+)"')
    sources = [*(ROOT / "core/waitingroom").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]
    alarms = {name for path in sources for name in alarm.findall(path.read_text(encoding="utf-8"))}
    text = (ROOT / RUNBOOK.partition("#")[0]).read_text(encoding="utf-8")

    assert alarms
    assert [name for name in sorted(alarms) if f"`{name}`" not in text] == []
