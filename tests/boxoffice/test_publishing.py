"""What is left is published after the commit that made it so, and what is newest stays."""

import itertools
import os
import random
import threading
import time

import pytest
import sqlalchemy as sa

import core.redis
from core import boxoffice, orders, tenancy
from core.boxoffice import Counts, SoldOut, publishing
from core.boxoffice.published import KEEP_SECONDS, ROUND, record
from core.boxoffice.publishing import Place, Publisher
from core.database import BoundSession, db, transaction
from jobs import program
from tests import world
from tests.boxoffice import board

MOST_A_COMMIT_MAY_WAIT_SECONDS = core.redis.ANSWER_TIMEOUT_SECONDS / 2

unaudited = pytest.mark.unaudited("it counts stock without writing orders")


@pytest.fixture
def fair(reseller):
    """A show with three ticket types: its id, and theirs."""
    show = world.add_show()
    with transaction():
        for name in ("B", "C"):
            world.add_type(show, name=name)
    return show.id, sorted(board.stored(show.id))


def take(kind, count):
    boxoffice.at_the_till(lambda: boxoffice.take({kind: count}))


@unaudited
def test_nothing_is_published_before_the_commit(fair):
    show, (kind, *_) = fair

    def work():
        boxoffice.take({kind: 3})
        board.all_told()
        assert not board.published(show)

    boxoffice.at_the_till(work)

    board.eventually(lambda: board.published(show) == {kind: (3, 0)})


@unaudited
def test_several_acts_of_a_transaction_are_published_as_one(fair):
    show, (kind, other, _) = fair

    def work():
        boxoffice.take({kind: 3, other: 1})
        boxoffice.sell({kind: 2})
        boxoffice.sell_held({kind: 1})

    boxoffice.at_the_till(work)

    board.eventually(lambda: board.published(show) == {kind: (2, 3), other: (1, 0)})


@unaudited
def test_what_is_rolled_back_is_never_published(fair):
    show, (kind, other, _) = fair
    with pytest.raises(SoldOut):
        boxoffice.at_the_till(lambda: [boxoffice.take({kind: count}) for count in (3, 99)])

    take(other, 1)

    board.all_told()
    assert board.published(show) == {other: (1, 0)}


@unaudited
def test_a_session_that_was_closed_publishes_nothing_later(fair):
    show, (kind, other, _) = fair
    boxoffice.take({kind: 3})
    db.session().close()

    take(other, 1)

    board.all_told()
    assert board.published(show) == {other: (1, 0)}


@unaudited
def test_what_a_savepoint_took_back_is_not_published_and_the_rest_is(fair):
    show, (kind, other, third) = fair

    def take_in_vain():
        with db.session.begin_nested():
            boxoffice.take({kind: 5})
            with db.session.begin_nested():
                boxoffice.take({third: 5})
            boxoffice.take({kind: 99})

    def work():
        boxoffice.take({kind: 1})
        with db.session.begin_nested():
            boxoffice.take({other: 1})
        with pytest.raises(SoldOut):
            take_in_vain()

    boxoffice.at_the_till(work)

    board.all_told()
    assert board.published(show) == {kind: (1, 0), other: (1, 0)}


def counts(version, held):
    return Counts(version, 10, held, 0)


@pytest.mark.parametrize(
    "versions", [(7, 8, 9), (ROUND - 2, ROUND - 1, 3), (ROUND // 2 - 1, ROUND // 2, ROUND // 2 + 1)]
)
def test_in_whatever_order_it_is_told_the_newest_stays(reseller, versions):
    told = [{1: counts(version, held)} for held, version in enumerate(versions)]
    for number, order in enumerate(itertools.permutations(told + told[:1])):
        board.tell(number, *order)

        assert board.published(number) == {1: (2, 0)}


def test_in_whatever_order_commits_tell_of_it_the_newest_is_carried(reseller):
    told = [{1: counts(version, held)} for held, version in enumerate((ROUND - 1, 3, 4))]
    for number, order in enumerate(itertools.permutations(told)):
        for each in order:
            publishing.publisher.put({Place("main", board.place(number)): each})

        board.eventually(lambda number=number: board.published(number) == {1: (2, 0)})


def test_a_transaction_has_no_number_before_it_has_the_till(reseller):
    number = sa.text("SELECT pg_current_xact_id_if_assigned()")

    assert boxoffice.at_the_till(lambda: db.session.scalar(number)) is None


def test_changes_do_not_prolong_the_life_of_a_document(reseller):
    pipe = core.redis.client().pipeline(transaction=False)
    record(pipe, board.place(1), {1: counts(7, 0)})
    pipe.pexpire(board.place(1), 5000)
    record(pipe, board.place(1), {1: counts(8, 1)})
    pipe.pttl(board.place(1))
    record(pipe, board.place(1), {1: counts(8, 1)}, next_expiry="")
    pipe.pttl(board.place(1))

    *_, after_change, _, after_look = pipe.execute()

    assert 0 < after_change <= 5000 < after_look <= KEEP_SECONDS * 1000


def test_resellers_publish_apart(show, neighbour):
    world.place(show, 3)
    with tenancy.bound_to(neighbour):
        other = world.add_show()
        world.place(other, 1)
        assert other.id == show.id  # the same place, but for whose it is
        board.eventually(lambda: list(board.published(other.id).values()) == [(1, 0)])

    board.eventually(lambda: list(board.published(show.id).values()) == [(3, 0)])


def test_a_storm_of_holds_and_cancellations_ends_as_the_database_has_it(reseller, seed):
    buyers, turns = 25, 8
    show = world.add_show()
    with transaction():
        for name in ("B", "C"):
            world.add_type(show, name=name, capacity=500)
    show_id, reference = show.id, show.reference
    kinds = [each.reference for each in show.ticket_types]
    db.session.rollback()
    chance = random.Random(seed)
    carts = [
        [orders.Wanted(kind, chance.randint(1, 2)) for kind in chance.sample(kinds[1:], 2)]
        for _ in range(buyers * turns)
    ]
    done = []

    def buy(carts):
        with program.application().app_context(), tenancy.bound_to(reseller):
            for number, cart in enumerate(carts):
                placed = orders.place(orders.Wish(reference, cart, channel="api")).reference
                if number % 2:
                    boxoffice.at_the_till(
                        lambda placed=placed: orders.cancel(
                            orders.get_by_reference(placed), reason="a storm"
                        )
                    )
                done.append(placed)

    threads = [threading.Thread(target=buy, args=(carts[n::buyers],)) for n in range(buyers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)

    assert len(done) == buyers * turns
    stored = board.stored(show_id)
    stored.pop(min(stored))  # of the first type nobody bought
    board.eventually(lambda: board.published(show_id) == stored)


@pytest.fixture
def after_commits():
    """How long each commit was kept by what follows it, in seconds."""
    committed_at, seconds = [], []

    def begin(_):
        committed_at.append(time.monotonic())

    def end(_, transaction):
        if transaction.parent is None and committed_at:
            seconds.append(time.monotonic() - committed_at.pop())

    sa.event.listen(BoundSession, "after_commit", begin, insert=True)
    sa.event.listen(BoundSession, "after_transaction_end", end)
    yield seconds
    sa.event.remove(BoundSession, "after_commit", begin)
    sa.event.remove(BoundSession, "after_transaction_end", end)


@unaudited
def test_a_redis_that_swallows_everything_is_no_concern_of_a_sale(fair, black_hole, after_commits):
    show, (kind, *_) = fair
    after_commits.clear()
    for _ in range(3):
        take(kind, 1)
    board.eventually(lambda: not core.redis.is_answering())
    for _ in range(3):
        take(kind, 1)
    time.sleep(publishing.PAUSE_SECONDS * 5)

    assert black_hole.visitors == 1
    assert len(after_commits) == 6
    assert max(after_commits) < MOST_A_COMMIT_MAY_WAIT_SECONDS
    assert board.stored(show)[kind] == (6, 0)


def test_more_shows_than_can_wait_are_dropped(monkeypatch):
    monkeypatch.setattr(publishing, "MOST_WAITING", 2)
    monkeypatch.setattr(Publisher, "_run", lambda self: None)
    publisher = Publisher()

    for number in range(5):
        publisher.put({Place("main", str(number)): {1: counts(1, 1)}})

    assert len(publisher._waiting) == 2


def test_a_forked_process_publishes_for_itself(reseller):
    publishing.publisher.put({Place("main", board.place(1)): {1: counts(7, 1)}})
    board.eventually(lambda: board.published(1))

    child = os.fork()
    if child == 0:
        try:
            publishing.publisher.put({Place("main", board.place(1)): {1: counts(8, 2)}})
            board.eventually(lambda: board.published(1) == {1: (2, 0)})
            os._exit(0)
        finally:
            os._exit(1)

    board.eventually(lambda: board.published(1) == {1: (2, 0)})
    assert os.waitpid(child, 0)[1] == 0
