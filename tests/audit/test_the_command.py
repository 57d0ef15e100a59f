"""`python -m jobs.audit`, and what the schedule tells of."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
import structlog

from core import tenancy
from core.catalogue import TicketType
from core.database import db, transaction
from jobs import audit, schedule
from tests import world
from tests.conftest import ROOT

STOCK = "what is sold and held is what the tickets say"
RUN_SECONDS = 60


def run(*slugs, **environment):
    return subprocess.run(
        [sys.executable, "-m", "jobs.audit", *slugs],
        cwd=ROOT, env={**os.environ, **environment}, text=True, capture_output=True,
        check=False, timeout=RUN_SECONDS,
    )  # fmt: skip


def miscount():
    with transaction():
        db.session.execute(sa.update(TicketType).values(held=TicketType.held + 1))


def test_a_reseller_whose_data_holds_is_a_line_and_no_failure(order, reseller):
    done = run(reseller.slug)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{reseller.slug}: ")
    assert "rules hold" in done.stdout
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.unaudited("it is broken on purpose")
def test_a_finding_is_told_with_examples_and_fails(order, reseller):
    miscount()

    done = run(reseller.slug)

    assert done.returncode == 1
    assert f"{reseller.slug}: 1 rule is broken" in done.stdout
    assert f"{STOCK}: not so in 1 row." in done.stdout
    assert "tickets_held=2" in done.stdout
    assert "docs/runbooks/README.md#what-the-auditor-finds" in done.stdout


@pytest.mark.unaudited("it is broken on purpose")
def test_one_reseller_s_mistake_does_not_hide_the_others(reseller, neighbour, monkeypatch, capsys):
    world.add_show()
    miscount()
    monkeypatch.setattr(tenancy, "everyone", lambda: [reseller, neighbour])

    assert audit.main([]) == 1

    said = capsys.readouterr().out
    assert f"[1/2] {reseller.slug}: 1 rule is broken" in said
    assert f"[2/2] {neighbour.slug}: " in said


def test_who_cannot_be_looked_at_is_no_success(reseller, neighbour, monkeypatch, capsys):
    from core.audit import looking
    from core.audit.rule import Rule

    monkeypatch.setattr(looking, "RULES", (Rule("x", "SELECT * FROM nowhere", ""),))

    assert audit.main([reseller.slug, neighbour.slug]) == 1

    said = capsys.readouterr().out
    assert f"[2/2] {neighbour.slug}: could not be looked at: " in said
    monkeypatch.undo()


def test_a_name_that_nobody_has_is_one_sentence(reseller):
    done = run("nobody-at-all")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Audit: There is no reseller 'nobody-at-all'.\n"


@pytest.mark.parametrize(
    "environment",
    [{"SECRET_KEY": "short"}, {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"}],
)
def test_what_it_cannot_begin_without_is_one_sentence(servers, environment):
    done = run(**environment)

    assert done.returncode == 2
    assert done.stderr.startswith("Audit: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.unaudited("it is broken on purpose")
def test_the_schedule_logs_what_it_finds_as_an_error(order, reseller):
    miscount()

    with structlog.testing.capture_logs() as told:
        audit.tell_of_findings()

    (line,) = told
    assert (line["event"], line["log_level"], line["reseller"]) == (
        "audit.found", "error", reseller.slug,
    )  # fmt: skip
    assert (line["rule"], line["count"]) == (STOCK, 1)
    assert line["examples"][0].startswith("ticket_type=tty_")
    assert line["runbook"].startswith("docs/runbooks/README.md#")


def test_the_schedule_audits_on_a_clock_of_its_own():
    (long,) = schedule.LONG_SCHEDULE

    assert long.act is audit.tell_of_findings
    assert long.every_seconds == schedule.AUDIT_EVERY_SECONDS
    assert schedule.LONG_SCHEDULE in schedule.CLOCKS
