"""What everybody asks for is looked up by one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import remembering
from core.errors import Unavailable
from core.remembering import Remembered


class Source:
    def __init__(self, *, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked: list[str] = []
        self.error: Exception | None = None

    def __call__(self, key: str) -> str:
        self.asked.append(key)
        time.sleep(self.seconds)
        if self.error:
            raise self.error
        return f"{key} {len(self.asked)}"


def test_what_is_known_is_not_asked_again() -> None:
    source = Source()
    known = Remembered(source, seconds=60, limit=10)

    assert [known.get("a"), known.get("a"), known.get("b")] == ["a 1", "a 1", "b 2"]


def test_many_who_ask_at_once_look_once() -> None:
    source = Source(seconds=0.2)
    known = Remembered(source, seconds=60, limit=10)

    with ThreadPoolExecutor(30) as threads:
        answers = set(threads.map(known.get, ["a"] * 30))

    assert answers == {"a 1"}
    assert source.asked == ["a"]


def test_while_one_looks_again_the_others_use_what_there_is() -> None:
    source = Source()
    known = Remembered(source, seconds=0.05, limit=10)
    known.get("a")
    time.sleep(0.1)
    source.seconds = 0.5
    looking = threading.Thread(target=known.get, args=["a"])
    looking.start()
    time.sleep(0.05)

    began = time.monotonic()
    assert known.get("a") == "a 1"
    assert time.monotonic() - began < 0.3
    looking.join()
    assert source.asked == ["a", "a"]


def test_what_is_very_old_is_not_used() -> None:
    source = Source()
    known = Remembered(source, seconds=0.2, limit=10, stale_seconds=0.0)
    known.get("a")
    time.sleep(0.3)
    source.seconds = 0.1

    with ThreadPoolExecutor(5) as threads:
        assert set(threads.map(known.get, ["a"] * 5)) == {"a 2"}


def test_a_failure_is_told_and_not_remembered() -> None:
    source = Source()
    source.error = LookupError("down")
    known = Remembered(source, seconds=60, limit=10)
    with pytest.raises(LookupError):
        known.get("a")
    source.error = None

    assert known.get("a") == "a 2"


def test_made_up_keys_do_not_fill_the_memory() -> None:
    known = Remembered(Source(), seconds=60, limit=10)

    for number in range(100):
        known.get(str(number))

    assert len(known._kept) <= 10


def test_what_is_forgotten_is_asked_afresh() -> None:
    known = Remembered(Source(), seconds=60, limit=10)
    known.get("a")
    known.forget()

    assert known.get("a") == "a 2"


def test_what_is_very_old_is_not_used_though_nobody_finds_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembering, "LOOK_SECONDS", 0.1)
    source = Source()
    known = Remembered(source, seconds=0.01, limit=10, stale_seconds=0.0)
    known.get("a")
    time.sleep(0.05)
    source.seconds, source.error = 1.0, LookupError("down")

    def look() -> None:
        with pytest.raises(LookupError):
            known.get("a")

    looking = threading.Thread(target=look)
    looking.start()
    time.sleep(0.05)

    with pytest.raises(Unavailable):
        known.get("a")
    looking.join()


def test_after_a_failure_one_of_those_who_waited_looks() -> None:
    source = Source(seconds=0.2)
    source.error = LookupError("down")
    known = Remembered(source, seconds=60, limit=10)

    def ask(_: int) -> object:
        try:
            return known.get("a")
        except (LookupError, Unavailable) as error:
            source.error = None
            return type(error)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))

    assert source.asked == ["a", "a"]
    assert answers.count("a 2") == 19


def test_what_was_looked_up_before_it_was_forgotten_is_not_kept() -> None:
    source = Source(seconds=0.2)
    known = Remembered(source, seconds=60, limit=10)
    looking = threading.Thread(target=known.get, args=["a"])
    looking.start()
    time.sleep(0.05)
    known.forget()
    looking.join()

    assert known.get("a") == "a 2"
