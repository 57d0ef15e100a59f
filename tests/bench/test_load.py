"""The load generator measures what is there, and counts whatever goes wrong."""

import time
from itertools import count

import pytest

from bench import answers, load
from bench.figures import Figures, median
from tests.bench.tiny_server import answer, serving

REQUEST = b"POST / HTTP/1.1\r\nHost: tiny\r\nContent-Length: 0\r\n\r\n"


def ask(port: int, **wishes):
    return load.run(port, lambda: REQUEST, **{"seconds": 5, "connections": 4, **wishes})


def test_every_answer_is_counted_by_its_status():
    with serving(lambda number: answer(201 if number % 2 else 204, b"made" * (number % 2))) as port:
        found = ask(port, count=40, connections=1)

    assert found.answers == 40
    assert found.statuses == {201: 20, 204: 20}
    assert found.errors == {}


def test_it_takes_as_long_as_the_server_does():
    def slowly(_):
        time.sleep(0.05)
        return answer(200)

    with serving(slowly) as port:
        found = ask(port, seconds=0.5)

    assert 50 <= found.p50_ms < 100
    assert found.p50_ms <= found.p90_ms <= found.p99_ms <= found.max_ms
    assert 0.5 <= found.seconds < 0.51
    assert 4 / 0.1 < found.per_second <= 4 / 0.05


def test_a_refusal_is_an_error_with_a_sample():
    with serving(lambda number: answer(503, b"later, please")) as port:
        found = ask(port, count=8)

    assert found.errors == {"status 503": 8}
    assert found.samples == {"status 503": "later, please"}


def test_a_refusal_that_is_expected_is_none():
    with serving(lambda number: answer(409)) as port:
        found = ask(port, count=8, fine=(201, 409))

    assert found.statuses == {409: 8}
    assert found.errors == {}


def test_a_reset_is_counted_and_asking_goes_on():
    with serving(lambda number: answer(200) if number < 5 else None) as port:
        found = ask(port, seconds=0.5)

    assert set(found.errors) == {"reset"}
    assert found.errors["reset"] >= 4
    assert found.statuses[200] == found.answers > 16


def test_a_server_that_asks_for_a_new_connection_gets_one():
    with serving(lambda number: answer(200, b"", b"Connection: close")) as port:
        found = ask(port, seconds=0.4)

    assert found.errors == {}
    assert found.reconnected == found.answers > 4


def test_an_answer_without_an_end_is_unreadable():
    with serving(lambda number: b"HTTP/1.1 200 OK\r\n\r\nhello") as port:
        found = ask(port, count=1, connections=1, seconds=0.2)

    assert found.errors == {"unreadable": 1}


def test_nobody_there_is_said_at_once():
    with serving(lambda number: None) as port:
        pass

    with pytest.raises(ConnectionRefusedError):
        ask(port)


def test_what_settles_is_counted_but_not_measured():
    numbers = count()

    def slow_at_first(_):
        time.sleep(0.1 if next(numbers) < 2 else 0.01)
        return answer(200)

    with serving(slow_at_first) as port:
        found = ask(port, seconds=0.3, settling_seconds=0.15, connections=2)

    assert found.max_ms < 90
    assert found.answers == found.statuses[200] > found.per_second * found.seconds


def test_every_answer_is_heard():
    heard = []
    with serving(lambda number: answer(200, b"%d" % number)) as port:
        ask(port, count=3, connections=1, heard=lambda *each: heard.append(each))

    assert heard == [(REQUEST, 200, b"1"), (REQUEST, 200, b"2"), (REQUEST, 200, b"3")]


@pytest.mark.parametrize("cut", range(1, 30))
def test_an_answer_is_read_when_it_is_whole_however_it_comes(cut):
    whole = answer(200, b"12345", b"Connection: close")

    assert answers.read(whole[:-cut]) is None
    assert answers.read(whole) == (200, b"12345", True)


def test_percentiles_are_measured_values():
    figures = Figures()

    figures.note_latencies([each / 1000 for each in range(1, 201)])

    assert (figures.p50_ms, figures.p90_ms, figures.p99_ms, figures.max_ms) == (100, 180, 198, 200)


def test_rounds_are_told_by_their_median():
    rounds = [Figures(per_second=rate, answers=10, max_ms=rate) for rate in (100, 1, 90)]
    rounds[1].note_error("reset")

    together = median(rounds)

    assert (together.per_second, together.answers, together.max_ms) == (90, 30, 100)
    assert together.errors == {"reset": 1}
