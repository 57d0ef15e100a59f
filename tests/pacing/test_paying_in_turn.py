"""Many pay at once: Stripe is asked no faster than it allows, and nobody loses by waiting."""

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
import stripe

from core import boxoffice, orders, pacing, payments, tenancy
from core.database import db, transaction
from core.events import Event
from core.orders import Order
from core.payments import GatewayDown, PaymentWaits, reconciling, starting, stripe_gateway
from core.payments import pacing as waiting
from core.payments.models import Payment
from core.payments.pacing import LITTLE_SECONDS, WHY_EXTENDED
from tests import world
from tests.at_once import at_once
from tests.boxoffice.paying import intent_made

MOST_ROUNDS = 20
"""How often everybody comes again before a test gives up."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Under which keys Stripe was asked for an intent; it makes all of them."""
    keys: list[str] = []
    lock = threading.Lock()

    def create(*, key: str, **wanted: Any) -> stripe_gateway.Intent:
        with lock:
            keys.append(key)
        return intent_made(key=key, **wanted)

    monkeypatch.setattr(stripe_gateway, "create_intent", create)
    return keys


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long who was made to wait right here; nobody really is."""
    seconds: list[float] = []
    monkeypatch.setattr(waiting, "time", clock(seconds.append))
    return seconds


def clock(sleep: Callable[[float], None]) -> Any:
    """A clock that stands still, beside which sleeping is what a test makes of it."""
    return SimpleNamespace(sleep=sleep, monotonic=lambda: 0.0)


def stand_in_line(others: int) -> None:
    """So many others are paying."""
    for number in range(others):
        pacing.reserve(f"other {number}")


def extensions(reference: str) -> list[dict[str, Any]]:
    db.session.rollback()
    query = sa.select(Event.data).where(Event.subject_reference == reference)
    return list(db.session.scalars(query.where(Event.type == "order.extended")))


def test_whose_turn_is_soon_waits_for_it_here(
    allow: Any, order: Order, asked: list[str], slept: list[float]
) -> None:
    allow(10)
    stand_in_line(5)

    assert payments.start(order.reference).state == "open"

    assert 0 < slept[0] <= 0.5
    assert len(asked) == 1


def test_whose_turn_is_later_is_told_when_and_is_held_for_so_much_longer(
    allow: Any, order: Order, asked: list[str]
) -> None:
    allow(1)
    stand_in_line(10)
    before, reference = order.expires_at, order.reference

    with pytest.raises(PaymentWaits) as told:
        payments.start(reference)
    with pytest.raises(PaymentWaits):
        payments.start(reference)

    wait_seconds = told.value.wait_seconds
    assert LITTLE_SECONDS < wait_seconds <= 10
    assert f"in about {wait_seconds} seconds" in str(told.value)
    assert told.value.retry_after_seconds == wait_seconds - 1
    assert LITTLE_SECONDS < (payments.find_wait(reference) or 0) <= wait_seconds
    assert world.fresh(order).expires_at == before + timedelta(seconds=wait_seconds)
    assert [each["reason"] for each in extensions(reference)] == [WHY_EXTENDED]
    assert asked == []
    assert payments.find_open(order) is None


def test_an_extension_that_was_lost_is_made_when_asked_again_and_once(
    allow: Any, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(1)
    stand_in_line(200)
    reference = order.reference
    with transaction():
        order.expires_at = orders.database_now() + timedelta(seconds=60)
    with monkeypatch.context() as patch:

        def lost(*_: Any, **__: Any) -> None:
            raise ConnectionError("the database is away")

        patch.setattr(orders, "extend", lost)
        with pytest.raises(ConnectionError):
            payments.start(reference)
    assert extensions(reference) == []

    for _ in range(2):
        with pytest.raises(PaymentWaits):
            payments.start(reference)

    turn = orders.database_now() + timedelta(seconds=payments.find_wait(reference) or 0)
    assert world.fresh(order).expires_at > turn
    assert [each["reason"] for each in extensions(reference)] == [WHY_EXTENDED]


def test_a_hold_that_is_nearly_over_lasts_beyond_its_turn_by_one_extension(
    allow: Any, order: Order
) -> None:
    allow(1)
    stand_in_line(10)
    with transaction():
        order.expires_at = orders.database_now() + timedelta(seconds=20)

    for _ in range(2):
        with pytest.raises(PaymentWaits):
            payments.start(order.reference)

    assert len(extensions(order.reference)) == 1


def test_a_hold_that_can_be_no_longer_still_has_its_turn(allow: Any, order: Order) -> None:
    allow(1)
    stand_in_line(10)
    with transaction():
        orders.extend(orders.get(order.id), seconds=3600, reason="a test")

    with pytest.raises(PaymentWaits):
        payments.start(order.reference)

    assert len(extensions(order.reference)) == 1


def test_an_order_that_is_let_go_while_it_waits_is_not_paid_for(
    allow: Any, order: Order, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(2)
    stand_in_line(1)
    reference = order.reference

    def let_go(_: float) -> None:
        boxoffice.at_the_till(
            lambda: orders.cancel(orders.get_by_reference(reference), reason="by the customer")
        )

    monkeypatch.setattr(waiting, "time", clock(let_go))

    with pytest.raises(starting.NothingToPay):
        payments.start(reference)

    assert asked == []
    assert db.session.scalars(sa.select(Payment)).all() == []


def test_a_hold_that_ends_while_it_waits_says_so(
    allow: Any, order: Order, asked: list[str]
) -> None:
    allow(1)
    stand_in_line(10)
    with pytest.raises(PaymentWaits):
        payments.start(order.reference)
    with transaction():
        order.expires_at = order.placed_at

    with pytest.raises(starting.HoldOver):
        payments.start(order.reference)

    assert asked == []


def test_who_was_held_up_takes_another_time(
    allow: Any, order: Order, asked: list[str], went: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(25)
    slept: list[float] = []
    late = SimpleNamespace(sleep=slept.append, monotonic=itertools.count(0.0, 0.2).__next__)
    monkeypatch.setattr(waiting, "time", late)

    assert payments.start(order.reference).state == "open"

    assert len(slept) == waiting.MOST_TIMES
    assert len(asked) == 1
    assert len(went()) == waiting.MOST_TIMES


def test_of_two_tabs_one_goes_and_the_other_comes_again(
    allow: Any, order: Order, asked: list[str]
) -> None:
    allow(25)
    pacing.reserve(order.reference)  # by the first tab, which is asking Stripe now

    with pytest.raises(PaymentWaits) as told:
        payments.start(order.reference)

    assert told.value.retry_after_seconds == 1
    assert extensions(order.reference) == []
    pacing.finish(order.reference)
    assert payments.start(order.reference).state == "open"


def test_who_tries_again_after_a_failure_takes_a_turn_for_it(
    allow: Any, order: Order, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(1)
    with monkeypatch.context() as patch:

        def away(**_: Any) -> Any:
            raise GatewayDown("away")

        patch.setattr(stripe_gateway, "create_intent", away)
        with pytest.raises(GatewayDown):
            payments.start(order.reference)
    slept: list[float] = []
    monkeypatch.setattr(waiting, "time", clock(slept.append))

    assert payments.start(order.reference).state == "open"

    assert 0 < slept[0] <= 1
    assert len(asked) == 1


def test_too_many_requests_is_no_failure_but_a_wait(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limited(**_: Any) -> Any:
        def ask() -> Any:
            raise stripe.RateLimitError("slowly", http_status=429)

        return stripe_gateway._ask(ask)

    monkeypatch.setattr(stripe_gateway, "create_intent", limited)

    with pytest.raises(PaymentWaits):
        payments.start(order.reference)

    assert payments.find_open(order).state == "starting"


def test_reconciling_waits_for_its_turn_and_passes_by_who_has_none(
    allow: Any, order: Order, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(1)
    with transaction():
        payment = starting._begin(orders.get(order.id))
        payment.checked_at = payment.started_at - timedelta(minutes=5)
    monkeypatch.setattr(
        stripe_gateway,
        "fetch_intent",
        lambda _: world.intent_for(world.fresh(payment), "requires_payment_method"),
    )
    stand_in_line(10)

    assert payments.reconcile() == 1

    assert asked == []
    assert extensions(order.reference) == []
    allow(25)
    with transaction():
        payment.checked_at = payment.started_at - timedelta(minutes=5)
    assert payments.reconcile() == 1
    assert asked == [payment.reference]


def test_a_job_waits_for_its_turn_or_is_tried_again_later(allow: Any, slept: list[float]) -> None:
    allow(1)

    for _ in range(6):
        waiting.await_endpoint(waiting.FETCH_INTENT)
    with pytest.raises(GatewayDown):
        waiting.await_endpoint(waiting.FETCH_INTENT)

    assert len(slept) == 6
    assert reconciling.BATCH


def test_without_redis_people_still_pay(
    allow: Any, redis_away: None, order: Order, asked: list[str]
) -> None:
    allow(25)

    assert payments.start(order.reference).state == "open"


def test_sixty_who_pay_at_once_all_pay_and_no_faster_than_is_allowed(
    allow: Any, reseller: tenancy.Tenant, asked: list[str], went: Callable[[], list[int]]
) -> None:
    allow(20)
    show = world.add_show()
    with transaction():
        show.ticket_types[0].capacity = 100
    waiting_ones = [world.place(show, 1).reference for _ in range(60)]
    rounds = []
    while waiting_ones:
        rounds.append(len(waiting_ones))
        assert len(rounds) <= MOST_ROUNDS, rounds
        results = at_once(reseller, [partial(payments.start, each) for each in waiting_ones])
        refused = [each for each in results if isinstance(each, Exception)]
        assert all(isinstance(each, PaymentWaits) for each in refused), refused
        waiting_ones = [
            each
            for each, result in zip(waiting_ones, results, strict=True)
            if isinstance(result, PaymentWaits)
        ]

    print(f"came again: {rounds}")
    assert len(rounds) > 1
    assert len(asked) == len(set(asked)) == 60
    times = sorted(went())
    assert len(times) >= 60  # who was held up took another
    assert all(after - before >= 50_000 for before, after in itertools.pairwise(times))
