"""Whatever people do and Redis forgets, in whatever order: the line keeps its promises.

On a clock of its own. SEED=… repeats a run; SOAK_EXAMPLES and SOAK_STEPS say how many lines
`make soak` has, and how long they are.
"""

import json
import os
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import clock, waitingroom
from core.database import db, transaction
from core.errors import Refused
from core.tenancy import Tenant
from core.waitingroom import Holder, Place, PlaceState, Room, index, opening, restoring, tending
from core.waitingroom.calling import call
from core.waitingroom.identifying import key_and_turn
from core.waitingroom.limits import CLAIM_SECONDS, LATE_SECONDS, LINGER_SECONDS, PASS_SECONDS
from core.waitingroom.supplying import look_at
from tests.waitingroom import line

PEOPLE = st.integers(0, 8)
SEATS = 3
LEFT = st.sampled_from([100, 9, 3, 1, 0])
MOST_EARLY = 6
CALLS_BETWEEN_LOSSES = 4
STEPS_SECONDS = [0.2, 1, 1, 2, 5, LATE_SECONDS + 1, CLAIM_SECONDS + 1, PASS_SECONDS + 1]

ALL_SEEN = {"called", "lost", "waiting", "admitted"}
MOST_RUNS = 5

outcomes: Counter[str] = Counter()


@dataclass(frozen=True)
class Size:
    lives: int
    steps: int


SHORT = Size(25, 50)
LONG = Size(int(os.environ.get("SOAK_EXAMPLES", "100")), int(os.environ.get("SOAK_STEPS", "100")))
SIZES = [
    pytest.param(SHORT, id="short"),
    pytest.param(LONG, id="long", marks=[pytest.mark.soak, pytest.mark.timeout(4 * 3600)]),
]


class TheLifeOfALine(RuleBasedStateMachine):
    room: Room

    def __init__(self) -> None:
        super().__init__()
        self.kept = clock.now, index.SERVER_CLOCK, restoring.PAUSE_SECONDS
        restoring.PAUSE_SECONDS = 0.0  # nobody else is there to wait for

    @initialize(early=st.integers(0, MOST_EARLY))
    def open(self, early: int) -> None:
        self.ms = int(datetime.now(UTC).timestamp() * 1000)
        self.let_pass(0)
        self.room = line.gathering() if early else line.opened(capacity=1000)
        self.early = early
        line.join_all(self.room, range(early))
        if early:
            self.room = line.tend(line.begin_sale(self.room))
        self.people = sorted(range(early), key=self.drawn) + list(range(early, 9))
        """By their numbers, so that the draw does not matter."""
        self.numbers: dict[int, str] = {}
        """Whose each number is."""
        self.places: dict[str, int] = {}
        """The number that each place was told first."""
        self.tokens: dict[int, str] = {}
        self.latest: dict[int, Place] = {}
        self.passes: dict[str, tuple[int, int]] = {}
        """By place: who has it, and until when (ms)."""
        self.spent: dict[str, int] = {}
        """When (ms) a pass bought."""
        self.late: dict[int, int] = {}
        """Who came late and was told to wait, and when last."""
        self.serving = 0
        self.calls = 0
        self.lost_at = -PASS_SECONDS * 10_000

    def teardown(self) -> None:
        clock.now, index.SERVER_CLOCK, restoring.PAUSE_SECONDS = self.kept
        db.session.rollback()

    # What happens

    @rule(seconds=st.sampled_from(STEPS_SECONDS))
    def let_pass(self, seconds: float) -> None:
        self.ms += int(seconds * 1000)
        at = datetime.fromtimestamp(self.ms / 1000, UTC)
        clock.now = lambda: at
        index.SERVER_CLOCK = self.ms

    @rule(person=PEOPLE)
    def join(self, person: int) -> None:
        place = self.told(
            person,
            lambda: waitingroom.join(
                self.room, self.holder(person), token=self.tokens.get(person), now_ms=self.ms
            ),
        )
        if place and place.is_new:
            self.late.pop(person, None)

    @rule(person=PEOPLE)
    def claim(self, person: int) -> None:
        place = self.told(
            person,
            lambda: waitingroom.claim(
                self.room, self.holder(person), token=self.tokens.get(person), now_ms=self.ms
            ),
        )
        if place and place.pass_token and place.pass_expires_at:
            until = round(place.pass_expires_at.timestamp() * 1000)
            if place.id not in self.passes:
                self.late.pop(person, None)
            self.passes[place.id] = person, until
        elif place and place.state is PlaceState.CALLED:
            assert place.is_late
            if index.fields(self.room)["phase"] == "open":  # else it asks again in a moment
                self.late[person] = self.ms

    @precondition(lambda self: self.called())
    @rule(number=st.integers(0, 100))
    def come_in(self, number: int) -> None:
        self.claim(self.called()[number % len(self.called())])

    @precondition(lambda self: self.live())
    @rule(number=st.integers(0, 100))
    def buy(self, number: int) -> None:
        place = self.live()[number % len(self.live())]
        key, turn = key_and_turn(place)
        for _ in range(2):
            try:
                index.run(
                    "spend",
                    self.room,
                    ["places", "passes", "lingering"],
                    *(self.ms, key, turn, LINGER_SECONDS * 1000),
                )
            except index.Lost:
                outcomes["bought while lost"] += 1
        self.spent[place] = self.ms
        outcomes["bought"] += 1

    @rule(
        seats=st.sampled_from([SEATS, SEATS, 1, 0]), held=st.sampled_from([0, 0, 1, 2]), left=LEFT
    )
    def tend(self, seats: int, held: int, left: int) -> None:
        self.let_pass(1)
        with transaction():
            seen = look_at(self.room)
        try:
            fields = index.fields(self.room)
        except index.Lost:
            restoring.restore(self.room)
            self.room = line.again(self.room)
            return
        if fields["phase"] != "open":
            opening.write_numbers(self.room)
            fields = index.fields(self.room)
        supply = replace(line.AMPLE, seats=seats, held_orders=held, left=left)
        called = call(self.room, supply, fields, now_ms=self.ms)
        assert called.serving >= self.serving, "the line went back"
        self.serving = called.serving
        self.calls += 1
        outcomes["called"] += called.count
        if called.count:
            self.is_within(seats, held, left, int(index.fields(self.room)["unclaimed"]))
        tending._note(self.room, seen, called)

    @rule()
    def tend_for_a_while(self) -> None:
        for _ in range(CALLS_BETWEEN_LOSSES):
            self.tend(seats=SEATS, held=0, left=100)

    @precondition(lambda self: self.calls >= CALLS_BETWEEN_LOSSES)
    @rule()
    def lose(self) -> None:
        line.lose(self.room)
        self.lost_at = self.ms
        self.late.clear()
        self.calls = 0
        outcomes["lost"] += 1

    # What must hold

    def is_within(self, seats: int, held: int, left: int, unclaimed: int) -> None:
        """Whoever is called has a seat, and a ticket to choose; who came late has one first."""
        live = len(self.live())
        if self.ms - self.lost_at < PASS_SECONDS * 1000:
            assert live + unclaimed + held <= 2 * SEATS + held
            return
        fresh = [at for at in self.late.values() if at > self.ms - LATE_SECONDS * 1000]
        just = [at for at in self.spent.values() if at > self.ms - LINGER_SECONDS * 1000]
        assert live + unclaimed + held + len(fresh) + len(just) <= seats
        assert live + unclaimed + len(fresh) <= left
        outcomes["called within"] += 1

    @invariant()
    def nobody_has_the_number_of_somebody_else(self) -> None:
        assert len(self.numbers) == len(set(self.numbers.values()))

    def drawn(self, guest: int) -> int:
        place = waitingroom.look(self.room, line.guest(guest))
        assert place
        return place.number or 0

    def holder(self, person: int) -> Holder:
        return line.guest(self.people[person])

    def called(self) -> list[int]:
        """Who may come in, and knows it."""
        return sorted(
            person
            for person, place in self.latest.items()
            if place.number and place.number <= self.serving and place.id not in self.passes
        )

    def live(self) -> list[str]:
        """Places with a pass that may buy; in no order of their ids, which are never the same."""
        return [
            place
            for place, (_, until) in self.passes.items()
            if until > self.ms and place not in self.spent
        ]

    def told(self, person: int, ask: Any) -> Place | None:
        """What somebody is told of a place is what it was told before."""
        try:
            place: Place = ask()
        except Refused as refusal:
            outcomes[type(refusal).__name__] += 1
            return None
        finally:
            self.room = line.again(self.room)
        outcomes[place.state] += 1
        self.tokens[person] = place.token
        self.latest[person] = place
        if place.number is not None:
            assert self.numbers.setdefault(place.number, place.id) == place.id
            assert self.places.setdefault(place.id, place.number) == place.number
            is_drawn = person < self.early and key_and_turn(place.id)[1] == 0
            assert (place.number <= self.early) is is_drawn
        return place


def lead(seed: int, size: Size) -> None:
    run_state_machine_as_test(
        hypothesis.seed(seed)(TheLifeOfALine),
        settings=hypothesis.settings(
            max_examples=size.lives,
            stateful_step_count=size.steps,
            database=None,  # a failure is repeated by its seed
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_line_keeps_its_promises(reseller: Tenant, seed: int, size: Size) -> None:
    outcomes.clear()

    for run in range(MOST_RUNS):  # chance leaves one of them out of a short run now and then
        lead(seed + run, size)
        if outcomes.keys() >= ALL_SEEN:
            break

    print(json.dumps({"test": "life of a line", "seed": seed, "outcomes": dict(outcomes)}))
    assert outcomes.keys() >= ALL_SEEN
