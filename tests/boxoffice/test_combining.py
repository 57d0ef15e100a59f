"""The line: together at the till, each with an answer of its own, and nobody waits for ever."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.boxoffice import Busy, Line, Unknown, combining

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20


class Till:
    """Serves like the real one, slowly enough that people gather; keeps who was served together."""

    def __init__(self, *, seconds=0.01):
        self.seconds = seconds
        self.batches = []
        self.leaders = []

    def __call__(self, draw):
        time.sleep(self.seconds)  # standing at the till's own lock
        asked = draw()
        self.batches.append(list(asked))
        self.leaders.append(threading.get_ident())
        return [self.answer(each) for each in asked]

    def answer(self, asked):
        return asked * 2


def ask_all(line, numbers):
    """What each of them gets, asked at the same moment, each in a thread: answers, exceptions."""
    together = threading.Barrier(len(numbers))
    answers = {}

    def ask(number):
        together.wait(PATIENCE_SECONDS)
        try:
            answers[number] = line.ask(number)
        except Exception as error:
            answers[number] = error
        together.wait(PATIENCE_SECONDS)  # no thread ends, and gives its name to another

    threads = [threading.Thread(target=ask, args=[number]) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return [answers[number] for number in numbers]


def ask_in_turn(line, questions, *, then):
    """Each in a thread, one behind the other in the line; `then` lets them be served."""
    outcomes = {}

    def ask(question):
        try:
            outcomes[question] = line.ask(question)
        except BaseException as error:
            outcomes[question] = type(error)

    threads = []
    for question in questions:
        threads.append(threading.Thread(target=ask, args=[question]))
        threads[-1].start()
        until(lambda word=question: any(turn.asked == word for turn in list(line._waiting)))
    then()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return outcomes


def test_each_gets_the_answer_to_what_it_asked():
    till = Till()

    assert ask_all(Line(till, batch=256), range(100)) == [number * 2 for number in range(100)]
    assert len(till.batches) < 50


def test_one_alone_is_served_at_once():
    till = Till(seconds=0)
    line = Line(till, batch=256)

    assert [line.ask(1), line.ask(2)] == [2, 4]
    assert till.batches == [[1], [2]]


def test_no_more_are_served_together_than_the_limit():
    till = Till()

    ask_all(Line(till, batch=7), range(60))

    assert max(len(batch) for batch in till.batches) <= 7
    assert sorted(each for batch in till.batches for each in batch) == list(range(60))


def test_nobody_leads_twice_for_one_question():
    till = Till()

    ask_all(Line(till, batch=5), range(50))

    assert len(set(till.leaders)) == len(till.leaders)


def test_who_came_first_is_served_first():
    is_open = threading.Event()
    served = []

    def serve(draw):
        is_open.wait(PATIENCE_SECONDS)
        asked = draw()
        served.extend(asked)
        return asked

    line = Line(serve, batch=3)

    ask_in_turn(line, range(10), then=is_open.set)

    assert served == list(range(10))


def test_one_that_breaks_the_transaction_breaks_nobody_elses():
    class Fragile(Till):
        def answer(self, asked):
            if asked in {13, 14, 40}:
                raise ValueError(asked)
            return asked

    answers = ask_all(Line(Fragile(), batch=256), range(64))

    assert [str(each) for each in answers if isinstance(each, ValueError)] == ["13", "14", "40"]
    assert [each for each in answers if not isinstance(each, ValueError)] == [
        number for number in range(64) if number not in {13, 14, 40}
    ]


def test_a_refusal_of_the_till_is_everybodys_and_the_next_are_served():
    class ClosedAtFirst(Till):
        def __call__(self, draw):
            answers = super().__call__(draw)
            if len(self.batches) == 1:
                raise Busy("full")
            return answers

    till = ClosedAtFirst()
    answers = ask_all(Line(till, batch=10), range(30))

    refused = [number for number, each in enumerate(answers) if isinstance(each, Busy)]
    assert sorted(refused) == sorted(till.batches[0])
    assert sorted(each for batch in till.batches for each in batch) == list(range(30))


def test_a_leader_that_never_got_to_the_till_fails_alone():
    class SlowLock(Till):
        def __call__(self, draw):
            if not self.leaders:
                self.leaders.append(None)
                time.sleep(0.1)
                raise Busy("the lock was not to be had")
            return super().__call__(draw)

    till = SlowLock()
    answers = ask_all(Line(till, batch=256), range(30))

    assert sum(isinstance(each, Busy) for each in answers) == 1
    assert len([each for batch in till.batches for each in batch]) == 29


def test_an_answer_that_is_an_exception_is_raised_for_its_own_asker():
    class Picky(Till):
        def answer(self, asked):
            return Busy("not you") if asked == 3 else asked

    answers = ask_all(Line(Picky(), batch=256), range(6))

    assert [isinstance(each, Busy) for each in answers] == [n == 3 for n in range(6)]


def test_a_line_that_is_too_long_takes_nobody_more(monkeypatch):
    monkeypatch.setattr(combining, "MAX_WAITING", 5)

    answers = ask_all(Line(Till(seconds=0.3), batch=1), range(12))

    assert 12 - sum(isinstance(each, Busy) for each in answers) >= 5
    assert any(isinstance(each, Busy) for each in answers)


def test_who_has_waited_too_long_leaves_and_is_never_served(monkeypatch):
    monkeypatch.setattr(combining, "WAIT_SECONDS", 0.1)
    till = Till(seconds=0.4)

    answers = ask_all(Line(till, batch=1), range(4))

    left = {number for number, each in enumerate(answers) if isinstance(each, Busy)}
    time.sleep(1)
    assert len(left) == 3
    assert left.isdisjoint(each for batch in till.batches for each in batch)


def test_a_leader_that_is_stopped_leaves_nobody_waiting():
    is_open = threading.Event()

    def serve(draw):
        is_open.wait(PATIENCE_SECONDS)
        asked = draw()
        if "stop" in asked:
            raise SystemExit
        return asked

    line = Line(serve, batch=3)

    outcomes = ask_in_turn(line, ["stop", "with it", "too", "later"], then=is_open.set)

    assert outcomes == {"stop": SystemExit, "with it": Unknown, "too": Unknown, "later": "later"}


def test_what_was_answered_stays_so_when_the_leader_is_stopped_later():
    def serve(draw):
        asked = draw()
        if len(asked) > 1:
            raise ValueError("together they break it")
        if asked == ["stop"]:
            raise SystemExit
        return asked

    is_open = threading.Event()
    line = Line(lambda draw: serve(draw) if is_open.wait(PATIENCE_SECONDS) else [], batch=3)

    outcomes = ask_in_turn(line, ["first", "second", "stop"], then=is_open.set)

    assert outcomes["stop"] is Unknown
    assert set(outcomes.values()) <= {SystemExit, Unknown, "first", "second"}


def test_a_mistake_that_hits_everybody_is_not_tried_for_each():
    served = []

    def serve(draw):
        time.sleep(0 if served else 0.2)
        served.append(len(draw()))
        raise ValueError("the disk is on fire")

    answers = ask_all(Line(serve, batch=256), range(100))

    assert all(isinstance(each, ValueError) for each in answers)
    assert max(served) > 50
    assert len(served) < 70


def test_it_works_with_greenlets():
    program = """
from gevent import monkey; monkey.patch_all()
import gevent, time
from core.boxoffice import Line
batches = []
def serve(draw):
    time.sleep(0.01)
    asked = draw()
    batches.append(len(asked))
    time.sleep(0.01)
    return asked
line = Line(serve, batch=64)
answers = gevent.joinall([gevent.spawn(line.ask, n) for n in range(500)], timeout=20)
assert [each.value for each in answers] == list(range(500))
assert max(batches) == 64 and len(batches) < 20, batches
slow = Line(lambda draw: (time.sleep(0.2), draw())[1], batch=1)
standing = [gevent.spawn(slow.ask, n) for n in range(4)]
gevent.sleep(0.05)
standing[1].kill(); standing[2].kill()
gevent.joinall(standing, timeout=5)
assert [standing[0].value, standing[3].value, slow.ask(5)] == [0, 3, 5]
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)


def until(question):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not question():
        if time.monotonic() > deadline:
            pytest.fail("it did not come true in time")
        time.sleep(0.001)
