"""Rules about the code itself; an exception stands here with its reason."""

import re
from pathlib import Path

import pytest

from core import events
from jobs import queues
from jobs.reactions import BY_NAME, REACTIONS

ROOT = Path(__file__).resolve().parents[2]
OURS = ("core", "storefront", "dashboard", "console", "api", "jobs", "themes")

OPENS_TRANSACTIONS = {
    "core/database.py": "defines it",
    "core/boxoffice/till.py": "the till is a transaction",
    "core/accounts/signing_in.py": "nothing may be open while a hash takes its time",
    "core/payments/starting.py": "a call to Stripe stands between two of them",
    "core/payments/pacing.py": "nothing may be open while a customer waits for its turn",
    "core/payments/refunding.py": "a call to Stripe stands between two of them",
    "core/payments/noticing.py": "a call to Stripe stands between two of them",
    "core/payments/reconciling.py": "a call to Stripe stands between two of them",
    "core/documents/__init__.py": "shows in its docstring how a job does",
    "core/mail/claiming.py": "a conversation with a mail server stands between two of them",
    "core/mail/sending.py": "a conversation with a mail server stands between two of them",
    "core/payments/stopping.py": "a call to Stripe stands between two of them",
    "core/waitingroom/opening.py": "the index stands between two of them",
    "core/waitingroom/restoring.py": "numbers are set aside before the index may give them",
    "core/waitingroom/tending.py": "the index stands between two of them",
    "core/tenancy/opening.py": "on the platform, beside the making of a schema",
}


def sources(*folders: str) -> list[tuple[str, str]]:
    found = []
    for folder in folders:
        found += [
            (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
            for path in sorted((ROOT / folder).rglob("*.py"))
        ]
    assert found
    return found


def test_only_doors_and_jobs_open_a_transaction():
    opening = re.compile(r"with (.*, )?transaction\(\)|session\.commit\(\)")
    found = {name for name, text in sources("core") if opening.search(text)}

    assert found <= set(OPENS_TRANSACTIONS)


def test_nobody_answers_from_memory():
    """session.get and get_or_404 look into the identity map first, past the wall."""
    asking = re.compile(r"session\.get\(|get_or_404|\.query\.")

    assert [name for name, text in sources(*OURS) if asking.search(text)] == []


def test_no_file_is_long():
    long = {
        name: text.count("\n")
        for name, text in sources(*OURS, "sandbox", "serve", "migrations")
        if text.count("\n") > 300
    }

    assert long == {}


def test_nothing_is_called_by_a_name_that_says_nothing():
    words = re.compile(r"(util|helper|common|manager|handler|service)s?\.py$")

    assert [name for name, _ in sources(*OURS, "sandbox", "serve") if words.search(name)] == []


def test_no_module_of_ours_asks_for_wsgi():
    asking = re.compile(r"^(from|import) wsgi", re.MULTILINE)

    assert [name for name, text in sources(*OURS, "sandbox") if asking.search(text)] == []


def test_every_reaction_has_a_name_of_its_own():
    assert len(BY_NAME) == len({each for every in REACTIONS.values() for _, each in every})


def test_every_queue_has_a_worker():
    from serve.processes import QUEUES

    assert set(QUEUES) == set(queues.ALL)


def test_every_event_that_is_reacted_to_is_recorded_somewhere():
    recorded = set()
    for _, text in sources("core", "jobs"):
        recorded |= set(re.findall(r'events\.record\(\s*"([a-z_.]+)"', text))

    assert set(REACTIONS) <= recorded
    assert events.BATCH


@pytest.mark.parametrize(
    "folder", ["storefront", "dashboard", "console", "core/documents", "core/mail"]
)
def test_templates_say_what_they_expect(folder):
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*.html")
        if not path.read_text(encoding="utf-8").startswith("{#")
    ]

    assert silent == []


def test_no_template_has_inline_style_or_script():
    """The policy of every page forbids both. Letters and PDF are not pages."""
    inline = re.compile(r'\sstyle="|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+="')
    found = [
        str(path.relative_to(ROOT))
        for folder in ("storefront", "dashboard", "console", "core/web")
        for path in (ROOT / folder).rglob("*.html")
        if inline.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []
