"""What the database says, and what the model says, in one shape: they are compared whole."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from core import ledger
from core.catalogue import TicketType
from core.database import db
from core.events import Event
from core.orders import Order
from core.payments import Payment, Refund
from core.tickets import Ticket
from tests.boxoffice import model

SECONDS = sa.func.round(sa.extract("epoch", Order.expires_at - Order.placed_at))
"""How long an order's tickets are kept."""
EVERY = sa.true()
SHARES = {"payable_pending", "platform_fee", "storefront_fee"}
"""Accounts that part a sale between the reseller and us: who gets what is tested elsewhere."""


def as_stored() -> dict[str, Any]:
    """Stock, orders, money of the bound reseller."""
    tickets: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for order_id, type_id, state in _rows(Ticket.order_id, Ticket.ticket_type_id, Ticket.state):
        tickets[order_id][type_id].append(state)
    seen = {
        "stock": [tuple(row) for row in _rows(TicketType.held, TicketType.sold)],
        "orders": [
            (state, [states for _, states in sorted(tickets[order_id].items())], total, seconds)
            for order_id, state, total, seconds in _rows(
                Order.id, Order.state, Order.total_minor, SECONDS
            )
        ],
        "payments": [
            tuple(row)
            for row in _rows(
                Payment.state, Payment.captured_minor, Payment.is_applied, Payment.failure
            )
        ],
        "refunds": [
            tuple(row) for row in _rows(Refund.state, Refund.amount_minor, Refund.currency)
        ],
        "books": _books(),
        "disputes": len(_rows(Event.id, where=Event.type == "payment.disputed")),
    }
    db.session.rollback()
    return seen


def as_modelled(
    office: model.BoxOffice,
    payments: list[model.Payment],
    refunds: list[model.Refund],
    disputes: int,
) -> dict[str, Any]:
    """The same of the model; payments and refunds in the order in which they came about."""
    return {
        "stock": [
            (office.count(kind, "held"), office.count(kind, "valid", "used"))
            for kind in range(len(office.types))
        ],
        "orders": [
            (
                order.state,
                [states for _, states in sorted(order.tickets.items())],
                order.total_minor,
                0 if order.is_over else order.seconds,
            )
            for order in office.orders
        ],
        "payments": [
            (each.state, each.captured_minor or None, each.is_applied, each.failure)
            for each in payments
        ],
        "refunds": [(each.state, each.amount_minor, each.currency) for each in refunds],
        "books": office.balances(),
        "disputes": disputes,
    }


def _rows(*columns: Any, where: Any = EVERY) -> list[Any]:
    """In the order of ids."""
    id_column = columns[0].class_.id
    return list(db.session.execute(sa.select(*columns).where(where).order_by(id_column)))


def _books() -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for (account, currency), minor in ledger.balances().items():
        sums["sale" if account in SHARES else account, currency] += minor
    return {key: minor for key, minor in sums.items() if minor}
