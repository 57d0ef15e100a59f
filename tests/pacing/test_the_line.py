"""The line before Stripe: at no time faster than the rate, and in the order of coming."""

import heapq
import math
import random
import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import pacing
from core.pacing import lines, scripts
from core.payments import ask_again_seconds
from core.redis import client
from tests.pacing import model

CLOCK = ("tts:test:seconds", "tts:test:micro")
START = 1_700_000_000_000_000
NAMES = st.sampled_from("abcdefgh")
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 40_000, 199_999, 700_000, 3_100_000]),
        st.sampled_from(["reserve", "reserve", "reserve", "finish"]),
        NAMES,
    ),
    max_size=40,
)


def set_clock(now: int) -> None:
    client().mset({CLOCK[0]: now // 1_000_000, CLOCK[1]: now % 1_000_000})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis's clock stands still where the test has set it."""
    told = f"redis.call('MGET', '{CLOCK[0]}', '{CLOCK[1]}')"
    for name in ("RESERVE", "TAKE", "LOOK"):
        stopped = getattr(scripts, name).replace("redis.call('TIME')", told)
        monkeypatch.setattr(scripts, name, stopped)
    set_clock(START)


def ask(*names: str) -> pacing.Slot:
    """Let these ask, a µs after each other; the answer of the last."""
    for name in names:
        slot = pacing.reserve(name)
        set_clock(int("".join(f"{int(each):06}" for each in client().mget(CLOCK))) + 1)
    return slot


def soon(seconds: float) -> Any:
    return pytest.approx(seconds, abs=0.001)


def in_micro(slot: pacing.Slot) -> tuple[int, bool, bool]:
    return round(slot.wait_seconds * 1_000_000), slot.is_new, slot.is_yours


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, per_second=st.sampled_from([1, 3, 25]))
def test_redis_says_what_the_plain_model_says(
    allow: Any, clock: None, steps: list[tuple[int, str, str]], per_second: int
) -> None:
    allow(per_second)
    line, now = model.Line(-(-1_000_000 // per_second)), START
    for later, act, name in steps:
        now += later
        set_clock(now)
        if act == "finish":
            pacing.finish(name)
            line.finish(name)
        else:
            assert in_micro(pacing.reserve(name)) == line.reserve(name, now)

    ahead = max(line.next, now) + len(line.expected) * line.interval - now
    assert pacing.backlog().waiting_seconds * 1_000_000 == pytest.approx(ahead, abs=50)
    assert all(after - before >= line.interval for before, after in pairwise(line.went))


def test_no_second_has_more_than_the_rate_however_many_ask_at_once(allow: Any, went: Any) -> None:
    allow(50)
    names = [str(number) for number in range(40)]

    def ask_and_finish(first: int) -> None:
        for each in names[first:] + names[:first]:
            pacing.reserve(each)
            if int(each) % 3:
                pacing.finish(each)

    threads = [threading.Thread(target=ask_and_finish, args=(5 * each,)) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)

    times = sorted(went())
    assert len(times) >= 50
    for number, begin in enumerate(times):
        assert sum(each < begin + 1_000_000 for each in times[number:]) <= 50


def test_who_waits_keeps_its_turn_however_often_it_asks(allow: Any, clock: None) -> None:
    allow(1)
    ask("a", "b", "c")

    first = [ask("d") for _ in range(5)]
    later = ask("e")

    assert [each.is_new for each in first] == [True, False, False, False, False]
    assert [each.wait_seconds for each in first] == [soon(3)] * 5
    assert later.wait_seconds == soon(4)


def test_who_comes_late_is_first_and_nobody_waited_for_it(allow: Any, clock: None) -> None:
    allow(1)
    ask("a", "b", "c")
    assert not ask("late").is_yours

    set_clock(START + 60_000_000)
    waiting = ask("d", "e", "f")
    late = ask("late")

    assert (waiting.wait_seconds, waiting.is_yours) == (soon(2), False)
    assert (late.wait_seconds, late.is_new) == (soon(2), False)
    assert ask("f").wait_seconds == soon(3)


def test_a_turn_is_good_for_one_request(allow: Any, clock: None) -> None:
    allow(25)
    assert ask("a").is_yours

    assert not ask("a").is_yours
    pacing.finish("a")
    again = ask("a")

    assert again.is_yours
    assert again.is_new
    assert again.wait_seconds == soon(0.04)


def test_who_was_cut_off_asks_a_few_times_until_it_may_again(allow: Any, clock: None) -> None:
    """A process died with its turn: the page must not ask every second, and be told off for it."""
    allow(25)
    ask("a")

    told, at = [], START
    while at < START + int(lines.UNDER_WAY_SECONDS * 1_000_000):
        told.append(ask("a").wait_seconds)
        at += int(told[-1] * 1_000_000)
        set_clock(at)

    assert told == [soon(each) for each in (1, 1, 2, 4, 8, 4)]


def test_looking_asks_for_nothing(allow: Any, clock: None) -> None:
    allow(1)
    assert pacing.find_wait("a") is None
    ask("a", "b", "c", "d")

    assert pacing.find_wait("d") == pacing.find_wait("d") == soon(3)
    assert ask("e").wait_seconds == soon(4)
    assert pacing.backlog() == pacing.Backlog(1.0, soon(5))


def test_a_clock_that_is_set_back_makes_nobody_wait_for_ever(allow: Any, clock: None) -> None:
    allow(25)
    set_clock(START + 86_400_000_000)
    ask("a")

    set_clock(START)

    assert ask("b").wait_seconds <= lines.FURTHEST_SECONDS + 0.04


def test_a_crowd_goes_at_the_rate_and_everybody_when_it_was_told(seed: int) -> None:
    """By the model, which the script agrees with: 60 a second come for 20 seconds, 25 may go."""
    chance, line = random.Random(seed), model.Line(40_000)
    coming = [(number * 16_667, number) for number in range(1200)]
    told: dict[int, int] = {}
    went: dict[int, int] = {}
    while coming:
        now, who = heapq.heappop(coming)
        wait, _, is_yours = line.reserve(str(who), now)
        # In whole seconds, and the network takes its time.
        assert now + wait < told.setdefault(who, now + wait) + 1_500_000
        if is_yours:
            went[who] = now + wait
            continue
        again = min(ask_again_seconds(math.ceil(wait / 1_000_000)), 20) * 1_000_000
        heapq.heappush(coming, (now + again + chance.randrange(20_000, 400_000), who))

    assert max(went.values()) < 1200 * 40_000 + 1_500_000
    assert all(went[later] > went[who] - 2_000_000 for who, later in pairwise(range(1200)))


def test_each_endpoint_has_a_budget_of_its_own(allow: Any, clock: None) -> None:
    allow(1)
    first, second, third = (pacing.take("refunds.create", patience_seconds=1) for _ in range(3))

    assert (first.wait_seconds, second.wait_seconds) == (0, 1)
    assert not third.is_yours
    assert pacing.reserve("a").wait_seconds == 0


def test_the_key_of_the_account_is_nowhere_in_redis(allow: Any) -> None:
    allow(25)
    pacing.reserve("a")

    secret = lines.settings.load().stripe_secret_key
    assert not any(secret in each for each in client().scan_iter(count=1000))


def test_without_redis_a_process_keeps_to_its_part_of_the_rate(
    allow: Any, redis_away: None
) -> None:
    allow(25)

    slots = [pacing.reserve(str(number)) for number in range(20)]

    given = [each for each in slots if each.is_yours]
    assert 7 <= len(given) <= 12
    assert 0 < given[1].wait_seconds <= 0.2
    assert not any(each.is_new for each in slots if not each.is_yours)
    assert pacing.backlog() == pacing.Backlog(25.0, 0.0)
    assert pacing.find_wait("1") is None
    pacing.finish("1")
