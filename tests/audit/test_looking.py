"""Looking disturbs nobody, sees one moment, and says what it found."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import audit, boxoffice, orders, tenancy
from core.audit import looking
from core.audit.rule import Rule
from core.catalogue import TicketType
from core.database import db, transaction
from core.events import Event
from tests import world

BROKEN = pytest.mark.unaudited("it is broken on purpose")
STOCK = "what is sold and held is what the tickets say"


def miscount(by=1):
    with transaction():
        db.session.execute(sa.update(TicketType).values(held=TicketType.held + by))


def with_rules(monkeypatch, *statements):
    rules = tuple(Rule(each, each, "") for each in statements)
    monkeypatch.setattr(looking, "RULES", rules)


@BROKEN
def test_a_finding_says_what_it_is_and_where(order):
    miscount()

    found = audit.look()

    assert [(each.rule, each.count) for each in found] == [(STOCK, 1)]
    assert found[0].examples[0]["held"] == 3
    assert found[0].examples[0]["tickets_held"] == 2
    assert found[0].meaning
    assert found[0].runbook.startswith("docs/runbooks/README.md#")
    assert str(found[0]).startswith(f"{STOCK}: 1 (ticket_type=tty_")


@BROKEN
def test_all_that_is_broken_is_counted_and_some_of_it_shown(reseller):
    for _ in range(5):
        world.add_show()
    miscount()

    (found,) = audit.look(limit=2)

    assert found.count == 5
    assert len(found.examples) == 2


@BROKEN
def test_the_neighbour_s_mistakes_are_the_neighbour_s(reseller, neighbour):
    with tenancy.bound_to(neighbour):
        world.add_show()
        miscount()
        assert len(audit.look()) == 1

    assert audit.look() == []


def test_how_late_is_late_can_be_said(order):
    world.pay(order.reference)
    assert audit.look() == []

    found = audit.look(late_after=timedelta(0))

    assert [each.rule for each in found] == ["no event waits longer than its limit"]
    with transaction():
        db.session.execute(sa.update(Event).values(awaits=[], handled_at=sa.func.now()))
    assert audit.look(late_after=timedelta(0)) == []


def test_a_look_writes_nothing_whatever_its_sql_says(reseller, monkeypatch):
    with_rules(monkeypatch, "SELECT nextval('ids')")

    with pytest.raises(sa.exc.DBAPIError, match="read-only transaction"):
        audit.look()

    with transaction():  # and whoever has the connection next may write
        world.add_customer()


def test_a_look_sees_one_moment_and_does_not_stand_in_the_way_of_a_sale(
    show, reseller, monkeypatch
):
    sold = []

    def buy():
        from jobs import program

        with program.application().app_context(), tenancy.bound_to(reseller):
            sold.append(world.place(show, 1).reference)

    def ask(rule, *_):
        seen = db.session.execute(sa.text(rule.breaks)).scalar()
        if not sold:
            buyer = threading.Thread(target=buy)
            buyer.start()
            buyer.join(30)
        moments.append(seen)

    moments = []
    with_rules(monkeypatch, *["SELECT count(*) FROM orders"] * 2)
    monkeypatch.setattr(looking, "_ask", ask)

    audit.look()

    assert len(sold) == 1
    assert moments == [0, 0]
    assert orders.count() == 1


def test_a_look_is_no_serializable_transaction_and_the_till_s_is_one_again(show, monkeypatch):
    isolation = "SELECT current_setting('transaction_isolation') AS isolation"
    with_rules(monkeypatch, isolation)

    (found,) = audit.look()

    assert found.examples[0]["isolation"] == "repeatable read"
    seen = boxoffice.at_the_till(
        lambda: db.session.execute(sa.text("SHOW transaction_isolation")).scalar()
    )
    assert seen == "serializable"


def test_a_rule_that_takes_too_long_ends_the_look(reseller, monkeypatch):
    monkeypatch.setattr(looking, "STATEMENT_TIMEOUT_SECONDS", 1)
    with_rules(monkeypatch, "SELECT pg_sleep(5)")

    with pytest.raises(sa.exc.OperationalError, match="statement timeout"):
        audit.look()


def test_what_was_not_committed_is_not_looked_at(show):
    db.session.execute(sa.update(TicketType).values(held=1))

    assert audit.look() == []


def test_a_look_is_by_the_reseller_s_role(reseller, monkeypatch):
    with_rules(monkeypatch, "SELECT current_user AS role, current_schema() AS schema")

    (found,) = audit.look()

    assert found.examples[0] == {"role": reseller.schema_name, "schema": reseller.schema_name}
