"""After a sale: what buyers were told and what the database says are the same thing."""

import json
from collections import Counter
from dataclasses import dataclass

from tests.faults.sale import Answer, Sale

REPLAYED = 25
"""Of the first and of the last answers: asked for again, each must be the same, byte for byte."""


@dataclass(frozen=True)
class Stored:
    """What the database says of one show."""

    orders: dict[str, int]
    """Tickets by the order's reference."""
    keys: dict[str, str]
    """The order that an Idempotency-Key names."""
    stock: dict[str, tuple[int, int]]
    """By ticket type: capacity, and held + sold."""


def reckon(sale: Sale) -> None:
    """Fail unless every promise was kept, to everybody, whatever happened in between."""
    assert sale.complaints == []
    stored = look(sale)
    told = {each.order["id"]: each for each in sale.placed}

    assert len(told) == len(sale.placed), "two buyers were told of one order"
    assert told.keys() == stored.orders.keys(), "an order nobody was told of, or one that is gone"
    assert {each.key: reference for reference, each in told.items()} == stored.keys
    assert {reference: count(each) for reference, each in told.items()} == stored.orders

    answered: Counter[str] = Counter()
    for each in told.values():
        answered.update(wanted(each))
    assert {reference: taken for reference, (_, taken) in stored.stock.items()} == answered
    assert all(taken == capacity for capacity, taken in stored.stock.values()), stored.stock
    replay(sale)


def look(sale: Sale) -> Stored:
    show = sale.on_sale.show
    with sale.stage.connected(sale.reseller) as database:
        orders = database.execute(
            "SELECT o.reference, (SELECT count(*) FROM tickets t WHERE t.order_id = o.id)"
            " FROM orders o JOIN shows s ON s.id = o.show_id WHERE s.reference = %s",
            [show],
        ).fetchall()
        keys = database.execute(
            "SELECT key, body FROM idempotency_keys WHERE status = 201 AND starts_with(key, %s)",
            [show],
        ).fetchall()
        stock = database.execute(
            "SELECT t.reference, t.capacity, t.held + t.sold"
            " FROM ticket_types t JOIN shows s ON s.id = t.show_id WHERE s.reference = %s",
            [show],
        ).fetchall()
    return Stored(
        orders=dict(orders),
        keys={key: json.loads(body)["id"] for key, body in keys},
        stock={reference: (capacity, taken) for reference, capacity, taken in stock},
    )


def wanted(answer: Answer) -> dict[str, int]:
    """What was asked for: tickets by reference of their type."""
    return {each["ticket_type"]: each["quantity"] for each in json.loads(answer.body)["items"]}


def count(answer: Answer) -> int:
    return sum(wanted(answer).values())


def replay(sale: Sale) -> None:
    connection = sale.connect()
    for answer in [*sale.answers[:REPLAYED], *sale.answers[-REPLAYED:]]:
        assert sale.ask(connection, answer.key, answer.body) == (answer.status, answer.text)
    connection.close()
