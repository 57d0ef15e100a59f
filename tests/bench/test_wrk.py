"""wrk's figures are told in our words."""

import pytest

from bench import wrk
from tests.bench.tiny_server import answer, serving

pytestmark = pytest.mark.skipif(wrk.found() is None, reason="wrk is not installed")


def ask(port, **wishes):
    return wrk.Asking(port, "tiny", "/", connections=4, **wishes).run(1)


def test_answers_are_counted_and_timed():
    with serving(lambda number: answer(200, b"hello")) as port:
        found = ask(port)

    assert found.answers == found.statuses[200] > 0
    assert found.per_second == pytest.approx(found.answers / found.seconds, rel=0.1)
    assert 0 < found.p50_ms <= found.p99_ms <= found.max_ms
    assert found.errors == {}


def test_what_goes_wrong_is_counted():
    with serving(lambda number: answer(503) if number % 2 else answer(200)) as port:
        found = ask(port)

    assert found.errors["status 400 or more"] + found.statuses[200] == found.answers
    assert found.errors["status 400 or more"] == pytest.approx(found.statuses[200], abs=8)


def test_with_pauses_it_asks_less():
    with serving(lambda number: answer(200)) as port:
        found = ask(port, pause_ms=100)

    assert 4 <= found.answers < 4 * 1000 / 100 * 3
