"""What people are told is left: as published, and never for long what is not so."""

import time
from datetime import timedelta

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

import core.redis
from core import boxoffice, catalogue, orders, tenancy
from core.boxoffice import published
from core.catalogue import TypeState
from core.database import transaction
from core.redis import ANSWER_TIMEOUT_SECONDS, CONNECT_TIMEOUT_SECONDS
from tests import world
from tests.boxoffice import board

FIRST_ANSWER_SECONDS = CONNECT_TIMEOUT_SECONDS + ANSWER_TIMEOUT_SECONDS + 0.3
"""What a Redis that swallows everything costs the reader who finds out."""


def look(show):
    """What people are told: state and number left, of each ticket type."""
    found = catalogue.get_show(show.reference)
    seen = orders.find_availability(found, orders.database_now())
    return [(each.state, each.left) for each in seen]


def cancel(order):
    boxoffice.at_the_till(lambda: orders.cancel(order, reason="by the customer"))


@pytest.fixture
def is_asked(monkeypatch):
    """How often the database was looked into."""
    from core.orders import availability

    asked = []
    actual = availability._look
    monkeypatch.setattr(availability, "_look", lambda show: asked.append(show) or actual(show))
    return asked


def test_what_is_published_is_told_without_asking_the_database(show, is_asked):
    assert look(show) == [(TypeState.AVAILABLE, 10)]

    order = world.place(show, 8)
    board.eventually(lambda: look(show) == [(TypeState.LAST, 2)])
    cancel(order)
    board.eventually(lambda: look(show) == [(TypeState.AVAILABLE, 10)])

    assert len(is_asked) == 1


def test_changes_alone_are_not_taken_for_the_whole(show, is_asked):
    with transaction():
        world.add_type(show, name="Balcony", capacity=3)
    world.place(show, 8)
    board.eventually(lambda: board.published(show.id))

    assert look(show) == [(TypeState.LAST, 2), (TypeState.LAST, 3)]
    assert len(is_asked) == 1


def test_a_ticket_type_that_is_new_is_told_at_once(show):
    look(show)
    with transaction():
        world.add_type(show, name="Balcony", capacity=3)

    assert look(show) == [(TypeState.AVAILABLE, 10), (TypeState.LAST, 3)]


def test_who_looked_before_the_change_does_not_overrule_it(show, monkeypatch):
    from core.orders import availability

    seen = availability._look(show.id)
    world.place(show, 8)
    board.eventually(lambda: board.published(show.id))

    boxoffice.publish(show.id, seen)

    assert look(show) == [(TypeState.LAST, 2)]


def test_a_change_that_is_told_late_does_not_bring_back_a_hold_that_is_over(show):
    order = world.place(show, 8)
    board.eventually(lambda: board.published(show.id))
    change = board.counts(show.id)
    with transaction():
        order.expires_at = order.placed_at
    look(show)

    board.tell(show.id, change)

    assert look(show) == [(TypeState.AVAILABLE, 10)]


def test_a_redis_that_was_flushed_is_filled_again(show, is_asked):
    look(show)
    world.place(show, 8)
    board.eventually(lambda: look(show) == [(TypeState.LAST, 2)])
    is_asked.clear()

    board.flush(show.id)

    assert [look(show) for _ in range(3)] == [[(TypeState.LAST, 2)]] * 3
    assert len(is_asked) == 1


def test_a_publication_that_was_lost_is_made_good(show, monkeypatch):
    monkeypatch.setattr(published, "LOOK_SECONDS", 1)
    look(show)
    with monkeypatch.context() as patch:
        patch.setattr("core.boxoffice.publishing.publisher.put", lambda stock: None)
        world.place(show, 8)

    assert look(show) == [(TypeState.AVAILABLE, 10)]
    board.eventually(lambda: look(show) == [(TypeState.LAST, 2)])


def test_one_of_many_readers_looks_again(show, is_asked):
    look(show)
    board.client().delete(f"{board.place(show.id)}:looked")
    is_asked.clear()

    assert [look(show) for _ in range(5)] == [[(TypeState.AVAILABLE, 10)]] * 5
    assert len(is_asked) == 1


def test_a_hold_that_is_over_counts_as_left_as_soon_as_somebody_looks(show):
    order = world.place(show, 8)
    with transaction():
        order.expires_at = order.placed_at

    assert look(show) == [(TypeState.AVAILABLE, 10)]


def test_a_hold_that_is_over_counts_as_left_once_it_is_tidied_away(show, is_asked):
    order = world.place(show, 8)
    assert look(show) == [(TypeState.LAST, 2)]
    with transaction():
        order.expires_at = order.placed_at

    boxoffice.at_the_till(orders.expire_overdue)

    board.eventually(lambda: look(show) == [(TypeState.AVAILABLE, 10)])
    assert len(is_asked) == 1


def test_who_finds_everything_held_is_told_when_some_of_it_may_return(show):
    first = world.place(show, 2)
    world.place(show, 8)
    with transaction():
        first.expires_at = orders.database_now() + timedelta(seconds=30)
        expires_at = first.expires_at

    for _ in range(2):  # from the database, then as published
        found = catalogue.get_show(show.reference)
        (seen,) = orders.find_availability(found, orders.database_now())
        assert (seen.state, seen.may_return_at) == (TypeState.HELD, expires_at)
    (later,) = orders.find_availability(found, expires_at)
    assert later.may_return_at is None


def test_resellers_are_told_of_their_own(show, neighbour):
    world.place(show, 8)
    look(show)
    with tenancy.bound_to(neighbour):
        other = world.add_show()
        assert other.id == show.id
        assert look(other) == [(TypeState.AVAILABLE, 10)]

    assert look(show) == [(TypeState.LAST, 2)]


def test_without_redis_the_database_is_asked(show, monkeypatch):
    nobody = redis.Redis(port=9, retry=Retry(NoBackoff(), 0))
    breaker = core.redis.Breaker()
    monkeypatch.setattr(core.redis, "client", lambda _cell: nobody)
    monkeypatch.setattr(core.redis, "_breaker", lambda _cell: breaker)
    look(show)

    world.place(show, 8)

    assert look(show) == [(TypeState.LAST, 2)]


def test_a_redis_that_swallows_everything_costs_one_reader_a_moment(show, black_hole):
    took_seconds = []
    for _ in range(5):
        began = time.monotonic()
        assert look(show) == [(TypeState.AVAILABLE, 10)]
        took_seconds.append(time.monotonic() - began)

    assert took_seconds[0] < FIRST_ANSWER_SECONDS
    assert max(took_seconds[1:]) < ANSWER_TIMEOUT_SECONDS
    assert black_hole.visitors == 1


def test_after_a_pause_one_asks_for_all(monkeypatch):
    breaker = core.redis.Breaker()
    monkeypatch.setattr(core.redis, "PAUSE_SECONDS", 0.0)
    breaker.open()
    monkeypatch.undo()

    breaker.enter()  # and before there is an answer:

    for _ in range(3):
        with pytest.raises(core.redis.NotAsked):
            breaker.enter()


def test_a_redis_that_is_back_is_asked_again(show, black_hole, monkeypatch):
    monkeypatch.setattr(core.redis, "PAUSE_SECONDS", 0.2)
    look(show)
    assert not core.redis.is_answering()
    monkeypatch.setattr(core.redis, "client", board.client)
    time.sleep(0.2)

    look(show)

    assert core.redis.is_answering()
    assert board.published(show.id)
