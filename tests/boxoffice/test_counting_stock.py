"""An act counts all its ticket types at once: all of them or none, as a plain model would."""

import threading
from dataclasses import dataclass, field

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck
from hypothesis import strategies as st

from core import boxoffice, tenancy
from core.boxoffice import SoldOut, stock, till
from core.catalogue import TicketType
from core.database import db, transaction
from jobs import program
from tests import world

ACTS = ("take", "release", "sell_held", "sell", "return_sold")
TYPES = 3
QUANTITIES = st.dictionaries(st.integers(0, TYPES - 1), st.integers(0, 6), max_size=TYPES)

pytestmark = pytest.mark.unaudited("it counts stock without writing orders")


def kinds_of(capacities):
    """A show with ticket types of these capacities; their ids."""
    show = world.add_show(is_published=False)
    with transaction():
        return [world.add_type(show, name=f"T{c}", capacity=c).id for c in capacities]


def counts(ids):
    """Held and sold, in the order of ids."""
    rows = db.session.execute(
        sa.select(TicketType.id, TicketType.held, TicketType.sold).where(TicketType.id.in_(ids))
    )
    found = {row.id: (row.held, row.sold) for row in rows}
    db.session.rollback()
    return [found[each] for each in ids]


@dataclass
class Model:
    """What an act ought to do; ticket types by their place."""

    capacities: list[int]
    counts: list[tuple[int, int]] = field(default_factory=list)

    def left(self, kind):
        return self.capacities[kind] - sum(self.counts[kind])

    def act(self, verb, quantities):
        """'done', 'wrong', or the first type that is short and what is left of it."""
        for kind, count in sorted(quantities.items()):
            held, sold = self.counts[kind]
            if verb in {"take", "sell"} and self.left(kind) < count:
                return kind, self.left(kind)
            if verb in {"release", "sell_held"} and held < count:
                return "wrong"
            if verb == "return_sold" and sold < count:
                return "wrong"
        by_held = {"take": 1, "release": -1, "sell_held": -1}.get(verb, 0)
        by_sold = {"sell": 1, "sell_held": 1, "return_sold": -1}.get(verb, 0)
        for kind, count in quantities.items():
            held, sold = self.counts[kind]
            self.counts[kind] = held + by_held * count, sold + by_sold * count
        return "done"


def test_counting_is_as_the_model_says(reseller, seed):
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(
        capacities=st.lists(st.integers(0, 12), min_size=TYPES, max_size=TYPES),
        acts=st.lists(st.tuples(st.sampled_from(ACTS), QUANTITIES), max_size=12),
    )
    def lead(capacities, acts):
        model = Model(capacities, [(0, 0)] * TYPES)
        ids = kinds_of(capacities)
        for verb, quantities in acts:
            expected = model.act(verb, quantities)
            try:
                with transaction():
                    getattr(boxoffice, verb)({ids[kind]: n for kind, n in quantities.items()})
                found = "done"
            except SoldOut as refusal:
                found = ids.index(refusal.ticket_type_id), refusal.left
            except AssertionError:
                found = "wrong"
            assert found == expected
            assert counts(ids) == model.counts

    lead()


def test_the_second_of_three_is_short_and_named(reseller):
    ids = kinds_of([9, 1, 9])

    with pytest.raises(SoldOut) as refused:
        boxoffice.at_the_till(lambda: boxoffice.take(dict.fromkeys(reversed(ids), 2)))

    assert refused.value.ticket_type_id == ids[1]
    assert refused.value.left == 1
    assert str(refused.value) == "T1: only 1 left."
    assert counts(ids) == [(0, 0)] * 3


def test_of_several_that_are_short_the_first_is_named(reseller):
    ids = kinds_of([9, 0, 0])

    with pytest.raises(SoldOut) as refused:
        boxoffice.at_the_till(lambda: boxoffice.take(dict.fromkeys(reversed(ids), 2)))

    assert refused.value.ticket_type_id == ids[1]


def test_a_hundred_ticket_types_are_one_statement(reseller):
    ids = kinds_of([9] * 100)
    sent = []

    def work():
        engine = db.session.connection().engine
        sa.event.listen(engine, "before_cursor_execute", lambda *a: sent.append(a[2]))
        boxoffice.take(dict.fromkeys(ids, 2))

    boxoffice.at_the_till(work)

    assert len(sent) == 1
    assert counts(ids) == [(2, 0)] * 100


def test_nothing_is_asked_of_the_database_for_nothing(reseller, monkeypatch):
    monkeypatch.setattr(db.session, "execute", None)

    boxoffice.take({})


def test_fewer_than_no_tickets_are_a_mistake(reseller):
    ids = kinds_of([9])

    with pytest.raises(AssertionError), transaction():
        boxoffice.take({ids[0]: -1})


def test_without_the_condition_the_constraint_refuses(reseller, monkeypatch):
    ids = kinds_of([9, 1])
    monkeypatch.setattr(stock, "_free", lambda count: sa.true())

    with pytest.raises(sa.exc.IntegrityError, match="never_oversold"), transaction():
        boxoffice.take(dict.fromkeys(ids, 2))

    assert counts(ids) == [(0, 0)] * 2


def test_two_who_meet_without_a_till_in_opposite_orders_are_both_served(reseller, monkeypatch):
    one, other = ids = kinds_of([9, 9])
    monkeypatch.setattr(till, "LINE_UP", f"SET LOCAL lock_timeout = {till.LOCK_TIMEOUT_MS}")
    monkeypatch.setattr(till, "ISOLATION", "READ COMMITTED")
    both_have_one = threading.Barrier(2, timeout=10)
    tries = []

    def take_both(first, second):
        def work():
            tries.append(first)
            boxoffice.take({first: 1})
            if len(tries) <= 2:
                both_have_one.wait()  # now each waits for the other's: a deadlock
            boxoffice.take({second: 1})

        with program.application().app_context(), tenancy.bound_to(reseller):
            boxoffice.at_the_till(work)

    buyers = [
        threading.Thread(target=take_both, args=types) for types in ((one, other), (other, one))
    ]
    for each in buyers:
        each.start()
    for each in buyers:
        each.join(20)

    assert len(tries) == 3  # one of them began again
    assert counts(ids) == [(2, 0)] * 2
