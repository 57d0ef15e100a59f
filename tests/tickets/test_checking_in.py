"""At the gate: one code lets one person in, however many gates look at it at once."""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from core import boxoffice, catalogue, moves, orders, payments, tenancy, tickets
from core.catalogue import Show
from core.database import db, transaction
from core.events import Event
from core.tickets import AlreadyIn, BadCode, NotValid, Ticket
from tests import world
from tests.at_once import at_once

GATES = 4
ROUNDS = 50
LONG_ROUNDS = 1000
RACES = 25
LONG_RACES = 500
REFUND_SECONDS = 0.08
"""As long as a refund takes here, or longer: the gates look at any moment of it."""


def code_of(ticket: Ticket) -> str:
    return tickets.code_of(tenancy.current().reference, ticket.reference, ticket.version)


def check_in(code: str) -> str:
    """At a gate: in a transaction of its own, at the usual isolation."""
    with transaction():
        return str(tickets.check_in(code).state)


def paid(show: Show, quantity: int) -> list[Ticket]:
    order = world.place(show, quantity)
    world.pay(order.reference)
    return tickets.of_order(order.id)


@pytest.fixture
def ticket(show: Show) -> Ticket:
    return paid(show, 1)[0]


@pytest.fixture
def crowd(reseller: tenancy.Tenant) -> Callable[[int], list[Ticket]]:
    """So many valid tickets."""

    def sell(quantity: int) -> list[Ticket]:
        with transaction():
            show = world.add_show(is_published=False)
            world.add_type(show, capacity=quantity, per_order_limit=100)
            catalogue.publish(show)
        sold: list[Ticket] = []
        while len(sold) < quantity:
            sold += paid(show, min(100, quantity - len(sold)))
        return sold

    return sell


def test_a_valid_ticket_lets_in_once(ticket: Ticket) -> None:
    code = code_of(ticket)

    assert check_in(code) == "used"

    with pytest.raises(AlreadyIn):
        check_in(code)
    assert world.fresh(ticket).checked_in_at is not None
    assert _written(ticket) == (1, 1)


def test_a_gate_is_read_committed(ticket: Ticket) -> None:
    """What these tests prove is proved for the isolation that the gates use."""
    with transaction():
        tickets.check_in(code_of(ticket))

        assert db.session.scalar(sa.text("SHOW transaction_isolation")) == "read committed"


def test_the_same_code_at_many_gates_at_once_lets_one_in(
    crowd: Any, reseller: tenancy.Tenant
) -> None:
    _rush(crowd(ROUNDS), reseller)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_same_code_at_many_gates_at_once_lets_one_in_a_thousand_times(
    crowd: Any, reseller: tenancy.Tenant
) -> None:
    _rush(crowd(LONG_ROUNDS), reseller)
    print(f"{LONG_ROUNDS} codes at {GATES} gates each let one in")


def _rush(sold: list[Ticket], reseller: tenancy.Tenant) -> None:
    codes = {each.id: code_of(each) for each in sold}
    db.session.rollback()  # nothing is open meanwhile
    for ticket_id, code in codes.items():
        outcomes = at_once(reseller, [partial(check_in, code)] * GATES)

        came = Counter(each if isinstance(each, str) else type(each) for each in outcomes)
        assert came == {"used": 1, AlreadyIn: GATES - 1}, (ticket_id, outcomes)
    for each in sold:
        assert _written(each) == (1, 1)


def test_a_refund_at_the_moment_of_coming_in(
    crowd: Any, reseller: tenancy.Tenant, seed: int
) -> None:
    _race_a_refund(crowd(RACES), reseller, random.Random(seed))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_refunds_at_the_moment_of_coming_in(
    crowd: Any, reseller: tenancy.Tenant, seed: int
) -> None:
    _race_a_refund(crowd(LONG_RACES), reseller, random.Random(seed))


def _race_a_refund(sold: list[Ticket], reseller: tenancy.Tenant, dice: random.Random) -> None:
    """Whoever was first: the ticket is void in the end, and the history tells one story."""
    races = [(each.id, each.order_id, code_of(each)) for each in sold]
    seen: Counter[str] = Counter()
    db.session.rollback()  # nothing is open meanwhile
    for ticket_id, order_id, code in races:
        acts = [
            partial(_after, dice.uniform(0, REFUND_SECONDS), partial(check_in, code)),
            partial(_refund, order_id, ticket_id),
            partial(_after, dice.uniform(0, REFUND_SECONDS), partial(check_in, code)),
        ]

        first, refunded, second = at_once(reseller, acts)

        assert refunded is None, refunded
        story = _story(ticket_id)
        admitted = [each for each in (first, second) if each == "used"]
        others = {type(each) for each in (first, second) if each != "used"}
        if admitted:
            assert len(admitted) == 1, (first, second)
            assert others <= {AlreadyIn, NotValid}
            assert story == ["held", "valid", "used", "void"]
        else:
            assert others == {NotValid}, (first, second)
            assert story == ["held", "valid", "void"]
        seen["came in first" if admitted else "refunded first"] += 1
    print(dict(seen))


def test_a_ticket_that_is_replaced_at_the_moment_of_coming_in_lets_nobody_in(
    ticket: Ticket, reseller: tenancy.Tenant
) -> None:
    code, ticket_id = code_of(ticket), ticket.id

    def replace() -> None:
        with transaction():
            _set(ticket_id, version=Ticket.version + 1)
            db.session.execute(sa.select(sa.func.pg_sleep(0.4)))

    _, came = at_once(reseller, [replace, partial(_after, 0.2, partial(check_in, code))])

    assert isinstance(came, NotValid)
    assert _written(ticket) == (0, 0)
    assert check_in(code_of(world.fresh(ticket))) == "used"


def test_who_was_let_in_by_a_transaction_that_came_to_nothing_is_let_in(
    ticket: Ticket, reseller: tenancy.Tenant
) -> None:
    code = code_of(ticket)

    def break_down() -> None:
        with transaction():
            tickets.check_in(code)
            db.session.execute(sa.select(sa.func.pg_sleep(0.4)))
            raise ConnectionError

    broken, came = at_once(reseller, [break_down, partial(_after, 0.2, partial(check_in, code))])

    assert isinstance(broken, ConnectionError)
    assert came == "used"
    assert _written(ticket) == (1, 1)


def test_what_was_read_before_is_read_afresh(ticket: Ticket, reseller: tenancy.Tenant) -> None:
    code = code_of(ticket)
    with transaction():
        assert ticket.state == "valid"  # in memory now
        at_once(reseller, [partial(check_in, code)])

        with pytest.raises(AlreadyIn):
            tickets.check_in(code)


def test_a_ticket_that_is_not_paid_for_lets_nobody_in(order: orders.Order) -> None:
    for each in tickets.of_order(order.id):
        with pytest.raises(NotValid):
            check_in(code_of(each))
        assert _written(each) == (0, 0)


def test_a_ticket_that_was_taken_back_lets_nobody_in(ticket: Ticket) -> None:
    code = code_of(ticket)
    _refund(ticket.order_id, ticket.id)

    with pytest.raises(NotValid):
        check_in(code)


def test_a_code_of_an_older_version_lets_nobody_in(ticket: Ticket) -> None:
    code = code_of(ticket)
    with transaction():
        _set(ticket.id, version=2)

    with pytest.raises(NotValid, match="replaced"):
        check_in(code)
    assert check_in(code_of(world.fresh(ticket))) == "used"


def test_a_ticket_of_another_house_is_none(ticket: Ticket, neighbour: tenancy.Tenant) -> None:
    code = code_of(ticket)

    with tenancy.bound_to(neighbour), pytest.raises(BadCode):
        check_in(code)


@pytest.mark.parametrize(
    "change",
    [
        lambda code: "",
        lambda code: code[:-1],
        lambda code: code + "A",
        lambda code: code.replace("TTS1", "TTS2"),
        lambda code: code.replace(":1:", ":2:"),
        lambda code: code.replace(":1:", ":" + "1" * 50 + ":"),
        lambda code: code.replace(":1:", ":-1:"),
        lambda code: code.replace(":", "\0"),
        lambda code: code * 10,
        lambda code: "\ud800" + code,
        lambda code: ":::",
    ],
    ids=range(11),
)
def test_a_code_that_was_changed_is_none(ticket: Ticket, change: Callable[[str], str]) -> None:
    with pytest.raises(BadCode):
        check_in(change(code_of(ticket)))
    assert _written(ticket) == (0, 0)


def _after(seconds: float, act: Callable[[], Any]) -> Any:
    db.session.execute(sa.select(sa.func.pg_sleep(seconds)))
    db.session.rollback()
    return act()


def _refund(order_id: int, ticket_id: int) -> None:
    def give_back() -> None:
        order = orders.get(order_id)
        chosen = [each for each in tickets.of_order(order_id) if each.id == ticket_id]
        payments.refund_tickets(order, chosen, reason="a test")

    boxoffice.at_the_till(give_back)


def _set(ticket_id: int, **columns: Any) -> None:
    db.session.execute(sa.update(Ticket).where(Ticket.id == ticket_id).values(**columns))


def _story(ticket_id: int) -> list[str]:
    db.session.rollback()
    return [each.to_state for each in moves.history(ticket_id)]


def _written(ticket: Ticket) -> tuple[int, int]:
    """How many times its coming in was written: as a move, and as an event."""
    ticket_id = world.fresh(ticket).id
    query = sa.select(sa.func.count()).where(
        Event.subject_id == ticket_id, Event.type == "ticket.checked_in"
    )
    return _story(ticket_id).count("used"), db.session.scalar(query) or 0
