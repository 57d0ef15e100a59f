"""Whatever happens to orders, in whatever order: stock, tickets and money are as the model says.

SEED=… repeats a run; SOAK_EXAMPLES and SOAK_STEPS say how many lives `make soak` leads, and how
long they are.
"""

import json
import os
import time
from dataclasses import dataclass

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from core import tenancy, tickets
from core.database import db, transaction
from core.tickets import Ticket
from tests.boxoffice import seeing
from tests.boxoffice.going_back import GoingBack
from tests.boxoffice.holding import PICKS, given, outcomes

SOAK_LIMIT_SECONDS = 4 * 3600
EVERYTHING = {
    *("held", "SoldOut", "OverLimit", "cancelled", "TooLate", "open", "HoldOver", "NothingToPay"),
    *("paid", "settled before", "sent back", "declined", "nothing new", "requested", "TakenBack"),
    *("RefundTooLarge", "refunded", "refund failed", "in", "AlreadyIn", "NotValid"),
}
"""What a long run must have met: one without a late payment, say, proves less than it seems to."""
WITHOUT_SHRINKING = tuple(phase for phase in Phase if phase is not Phase.shrink)


@dataclass(frozen=True)
class Size:
    lives: int
    steps: int


SHORT = Size(20, 25)
LONG = Size(int(os.environ.get("SOAK_EXAMPLES", "500")), int(os.environ.get("SOAK_STEPS", "50")))
SIZES = [
    pytest.param(SHORT, id="short"),
    pytest.param(
        LONG, id="long", marks=[pytest.mark.soak, pytest.mark.timeout(SOAK_LIMIT_SECONDS)]
    ),
]


class TheLifeOfStock(GoingBack):
    @given("orders", "paid")
    @rule(number=PICKS)
    def check_in(self, number: int) -> None:
        order, _, stub = self.ticket(number, "paid")

        def enter() -> str:
            with transaction():
                ticket = db.session.scalars(sa.select(Ticket).where(Ticket.id == stub.id)).one()
                house = tenancy.current().reference
                tickets.check_in(tickets.code_of(house, ticket.reference, ticket.version))
            return "in"

        self.expect(self.office.check_in(order, stub.kind, stub.n), enter)

    @invariant()
    def is_as_modelled(self) -> None:
        stored = seeing.as_stored()
        for order, (state, *_) in zip(self.office.orders, stored["orders"], strict=True):
            if self.office.is_overdue(order) and state == "expired":
                order.end("expired")  # when it is written down is nobody's promise
        payments = [each.model for each in self.payments]
        assert stored == seeing.as_modelled(self.office, payments, self.refunds, self.disputes)


def lead(machine: type[GoingBack], seed: int, size: Size, **settings: object) -> None:
    """Lead so many lives of so many steps. The same seed leads the same ones."""
    run_state_machine_as_test(
        hypothesis.seed(seed)(machine),
        settings=hypothesis.settings(
            max_examples=size.lives,
            stateful_step_count=size.steps,
            database=None,  # a failure is repeated by its seed
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            **settings,
        ),
    )


@pytest.mark.parametrize("size", SIZES)
def test_every_life_is_as_the_model_says(house: None, seed: int, size: Size):
    outcomes.clear()
    began = time.monotonic()

    lead(TheLifeOfStock, seed, size)

    figures = {"lives": size.lives, "steps": size.steps, "outcomes": dict(outcomes.most_common())}
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"test": "life of stock", "seed": seed, "seconds": seconds, **figures}))
    assert set(outcomes) >= ({"held", "paid"} if size is SHORT else EVERYTHING)


def test_the_model_sees_a_release_that_was_forgotten(house: None, seed: int, monkeypatch):
    monkeypatch.setattr("core.orders.cancelling.boxoffice.release", lambda quantities: None)

    with pytest.raises(AssertionError):
        lead(TheLifeOfStock, seed, SHORT, phases=WITHOUT_SHRINKING, report_multiple_bugs=False)
