"""The simulation of a sale, small: it ends as it must, and it sees what must not be."""

import json
import xml.etree.ElementTree as ET

import pytest

from bench import sale
from bench.simulation import chart, findings
from bench.simulation.plans import Plan
from bench.simulation.promises import Promises
from bench.simulation.records import Sale
from bench.simulation.sale import Simulation
from core import waitingroom
from core.waitingroom import Room
from tests.waitingroom import line as lines

PLAN = Plan("tiny", arrivals=200, tickets=40, payments_per_second=5, seats=30, seed=1)


@pytest.fixture
def room(reseller: object) -> Room:
    return lines.gathering(minutes=20)


def sold(room: Room) -> Sale:
    return Simulation(room, PLAN).run()


def test_a_sale_ends_with_everything_sold_and_can_be_told_and_drawn(room):
    over = sold(room)

    found = json.loads(json.dumps(findings.of(over)))
    outcome = sale.Outcome("sale")
    sale.tell(outcome, [found, found])
    picture = ET.fromstring(chart.drawn([found, found]))
    assert (over.promises.broken, over.checkout.sold) == ([], PLAN.tickets)
    assert 0 < over.promises.most_seats <= PLAN.seats
    assert found["figures"]["later_rank_correlation"] == 1
    assert outcome.is_sound
    assert [each.tag.rpartition("}")[2] for each in picture][:2] == ["title", "desc"]


def test_what_must_not_be_is_seen():
    seen = Promises(tickets=10, seats=5, payments_per_second=2)

    seen.stock(held=4, sold=7)
    seen.seats(6, at=0)
    seen.called(3)
    seen.admitted(4)
    seen.called(2)
    seen.given(8)
    seen.given(8)
    for at in (0, 400, 999, 1400):
        seen.payment(at)

    assert seen.broken == [
        "4 held and 7 sold of 10 tickets",
        "6 of 5 seats taken at 0 s",
        "number 4 came in before 4",
        "the line went back from 3 to 2",
        "number 8 was given after 8",
        "more than 2 payments within a second of 999",
    ]


def test_what_may_be_is_not_held_against_it():
    seen = Promises(tickets=10, seats=5, payments_per_second=2)

    seen.stock(held=4, sold=6)
    seen.seats(5, at=0)
    seen.called(3)
    seen.admitted(3)
    seen.given(7)
    seen.given(8)
    for at in (0, 400, 1000, 1400):
        seen.payment(at)

    assert seen.broken == []


def test_whoever_comes_in_uncalled_breaks_the_run(room, monkeypatch):
    simulation = Simulation(room, PLAN)
    called = simulation.sale.promises.called
    monkeypatch.setattr(
        simulation.sale.promises, "called", lambda serving: called(max(0, serving - 5))
    )

    assert "came in before" in " ".join(simulation.run().promises.broken)


def test_a_draw_that_leaves_somebody_out_is_seen(room, monkeypatch):
    published = waitingroom.draw_places
    monkeypatch.setattr(waitingroom, "draw_places", lambda show: published(show).partition("\n")[2])

    assert "were drawn" in " ".join(sold(room).promises.broken)
