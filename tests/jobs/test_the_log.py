"""What the log awaits is asked for until it is done, and done once."""

import pytest
import sqlalchemy as sa

from core import events
from core.database import db, transaction
from core.events import Event
from jobs import queues, reacting, relay


def awaited():
    return [
        (each.type, each.awaits, each.handled_at)
        for each in db.session.scalars(sa.select(Event).order_by(Event.id))
    ]


def record(order):
    with transaction():
        events.record("order.documents_printed", order)
    printed = Event.type == "order.documents_printed"
    return db.session.scalars(sa.select(Event.id).where(printed)).one()


def test_an_event_that_asks_for_nothing_is_handled_at_once(order):
    assert [(kind, awaits) for kind, awaits, handled in awaited() if handled] == [
        ("ticket_type.added", []),
        ("show.published", []),
        ("order.held", []),
    ]


def test_a_rolled_back_event_never_happened(order):
    try:
        with transaction():
            events.record("order.paid", order)
            raise KeyError
    except KeyError:
        pass

    assert "order.paid" not in [kind for kind, _, _ in awaited()]


def test_due_gives_an_event_once_until_its_pause_is_over(order):
    record(order)
    with transaction():
        first = events.due()
    with transaction():
        second = events.due()

    assert [each.awaits for each in first] == [("confirm_order",)]
    assert second == []


def test_what_is_not_done_is_due_again(order):
    record(order)
    with transaction():
        events.due()
        db.session.execute(sa.update(Event).values(relay_at=sa.func.now()))
    with transaction():
        again = events.due()

    assert [each.attempts for each in again] == [2]


def test_the_last_reaction_closes_the_event(order):
    event_id = record(order)
    with transaction():
        events.mark_done(event_id, "confirm_order")
    with transaction():
        assert not events.is_awaited(event_id, "confirm_order")
        assert events.due() == []


def test_a_reaction_that_is_done_is_not_done_again(order, reseller, monkeypatch):
    done = []
    monkeypatch.setitem(
        reacting.BY_NAME,
        "confirm_order",
        (queues.MAIL, done.append),
    )
    event_id, order_id = record(order), order.id

    for _ in range(2):
        reacting.react(reseller.reference, event_id, order_id, "confirm_order")

    assert done == [order_id]


def test_a_reaction_that_fails_is_still_owed(order, reseller, monkeypatch):
    def fail(_):
        raise OSError("no paper")

    monkeypatch.setitem(reacting.BY_NAME, "confirm_order", (queues.MAIL, fail))
    event_id, order_id = record(order), order.id
    with pytest.raises(OSError, match="no paper"):
        reacting.react(reseller.reference, event_id, order_id, "confirm_order")

    with transaction():
        assert events.is_awaited(event_id, "confirm_order")


def test_the_relay_asks_the_queue_of_the_reaction(order, reseller):
    queue = queues.queue(queues.MAIL)
    before = queue.count
    record(order)

    assert relay.relay(reseller).asked == 1
    assert queue.count == before + 1
    job = queue.jobs[-1]
    assert job.args[0] == reseller.reference
    assert job.args[3] == "confirm_order"


def test_what_still_waits_in_line_is_not_asked_for_twice(order, reseller):
    queue = queues.queue(queues.MAIL)
    event_id = record(order)
    relay.relay(reseller)
    before = queue.count
    with transaction():
        db.session.execute(sa.update(Event).values(relay_at=sa.func.now()))
    assert relay.relay(reseller).asked == 0
    assert queue.count == before

    queue.empty()
    with transaction():
        db.session.execute(
            sa.update(Event).where(Event.id == event_id).values(relay_at=sa.func.now())
        )
    assert relay.relay(reseller).asked == 1


def test_every_reaction_s_queue_is_worked():
    from jobs.reactions import BY_NAME

    assert {queue for queue, _ in BY_NAME.values()} <= set(queues.ALL)
