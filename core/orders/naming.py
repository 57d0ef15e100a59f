"""Whom an order is for."""

import re
import unicodedata
from functools import lru_cache

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email

from core.catalogue import TicketType
from core.database import db
from core.errors import Conflict, Invalid
from core.orders.limiting import tickets_of
from core.orders.models import Order, OrderLine
from core.orders.states import OrderState
from core.tickets import Ticket, TicketState

MAX_NAME_LENGTH = 120
PLAIN_LOCAL_PART = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")
PLAIN_LENGTH = 64
"""Of an address whose local part needs no closer look: RFC 5321's limits are not reached."""


class HoldEnded(Conflict):
    code = "hold_expired"
    title = "The time for this order is over"


def clean_name(text: str) -> str:
    """One line, no control characters. Raises Invalid."""
    if not (text.isascii() and text.isprintable()):
        line = " ".join(text.split())  # a line break is a space, not nothing
        text = "".join(c for c in line if unicodedata.category(c)[0] != "C")
    name = " ".join(text.split())
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise Invalid(f"Please give a name of 1 to {MAX_NAME_LENGTH} characters.", field="name")
    return name


def clean_email(text: str) -> str:
    """An address that letters can be sent to. Raises Invalid."""
    address = text.strip()
    local, _, domain = address.rpartition("@")
    try:
        if PLAIN_LOCAL_PART.fullmatch(local) and len(address) <= PLAIN_LENGTH:
            return f"{local}@{_clean_domain(domain)}"
        return _clean(address)
    except EmailNotValidError:
        raise Invalid(
            "Please give an e-mail address, like name@example.org.", field="email"
        ) from None


def _clean(address: str) -> str:
    return validate_email(address, check_deliverability=False, test_environment=True).normalized


@lru_cache(maxsize=4096)
def _clean_domain(domain: str) -> str:
    """Customers have few domains between them, and a look at one takes longer than a sale."""
    return _clean(f"a@{domain}").rpartition("@")[2]


def has_customer_limit(order: Order) -> bool:
    """Whether somebody may have only so many of the tickets of this order."""
    return bool(_limited(order))


def name_customer(order: Order, *, name: str, email: str) -> None:
    """Write on a held order, and on its tickets, whom it is for.

    Runs at the till if the order `has_customer_limit`: nobody else buys meanwhile. Raises Invalid,
    HoldEnded, and OverCustomerLimit if with this address it would be too many; nothing is changed
    then, and the tickets stay held.

    One UPDATE asks whether it is held still: it may have been paid or let go since it was read.
    The row it locks makes a payment that comes now wait, or begin again, and find the new name.
    """
    name, email = clean_name(name), clean_email(email)
    _check_limits(order, email)
    named = db.session.scalars(
        sa.update(Order)
        .where(
            Order.id == order.id,
            Order.state == OrderState.HELD,
            Order.expires_at > sa.func.clock_timestamp(),
        )
        .values(name=name, email=email)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not named:
        raise HoldEnded("This order can no longer be changed.")
    db.session.expire(order, ["name", "email"])
    db.session.execute(
        sa.update(Ticket)
        .where(Ticket.order_id == order.id, Ticket.state == TicketState.HELD)
        .values(holder=name)
        .execution_options(synchronize_session=False)
    )


def _check_limits(order: Order, email: str) -> None:
    limited = _limited(order)
    if not limited:
        return
    customer_ids = [] if order.customer_id is None else [order.customer_id]
    taken = tickets_of([email], customer_ids, [ticket_type.id for ticket_type, _ in limited])
    for ticket_type, quantity in limited:
        taken.check(
            ticket_type,
            quantity,
            email=email,
            customer_id=order.customer_id,
            apart_from=order.id,
            field="email",
        )


def _limited(order: Order) -> list[tuple[TicketType, int]]:
    """Ticket types of the order of which a customer may have so many, and how many it has."""
    rows = db.session.execute(
        sa.select(TicketType, OrderLine.quantity)
        .join(OrderLine, OrderLine.ticket_type_id == TicketType.id)
        .where(OrderLine.order_id == order.id, TicketType.per_customer_limit.is_not(None))
        .order_by(OrderLine.id)
    )
    return [(ticket_type, quantity) for ticket_type, quantity in rows]
