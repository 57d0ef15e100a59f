"""Writing many orders down at once: a few statements, however many there are.

What an order is made of stands here in one place: the order, its lines, its tickets, the first
steps of their lives, and what is told of it. Rows and plain values, no objects of the session: this
is where a sale spends its time.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

import sqlalchemy as sa

from core import boxoffice, events, references
from core.boxoffice import Overtaken, SoldOut
from core.database import copy_rows, db
from core.events import Happening
from core.failpoints import failpoint
from core.moves import Life, Step, write_steps
from core.orders.drafting import Draft, DraftLine
from core.orders.models import Order, OrderLine
from core.orders.paying import next_invoice_number
from core.orders.snapshots import LineSnapshot, Snapshot, TicketSnapshot
from core.orders.states import LIFE as ORDER_LIFE
from core.orders.states import OrderState
from core.tickets import LIFE as TICKET_LIFE
from core.tickets import Ticket, TicketState

ORDER = (
    "id", "reference", "show_id", "customer_id", "email", "name", "channel", "state", "currency",
    "total_minor", "platform_fee_minor", "storefront_fee_minor", "fee_plan", "invoice_number",
    "placed_at", "expires_at", "paid_at", "place",
)  # fmt: skip
LINE = (
    "id", "order_id", "ticket_type_id", "name", "quantity",
    "unit_price_minor", "platform_fee_minor", "storefront_fee_minor",
)  # fmt: skip
TICKET = ("id", "reference", "order_id", "line_id", "ticket_type_id", "holder", "state")

IDS = sa.text("SELECT array_agg(nextval('ids')) FROM generate_series(1, :count)")
COSTS_NOTHING = "costs nothing"
STATES = {
    ORDER_LIFE.name: (OrderState.HELD, OrderState.PAID, COSTS_NOTHING),
    TICKET_LIFE.name: (TicketState.HELD, TicketState.VALID, "order paid"),
}
"""Of each life: its first state, the next if the order costs nothing, and why."""
FIRST_VERSION = 1


class Rows:
    """The rows of some orders, gathered order by order, then written table by table."""

    def __init__(self, ids: Iterator[int], invoice_numbers: Iterator[int], at: datetime) -> None:
        self.ids = ids
        self.invoice_numbers = invoice_numbers
        self.at = at
        self.orders: list[tuple[Any, ...]] = []
        self.lines: list[tuple[Any, ...]] = []
        self.tickets: list[tuple[Any, ...]] = []
        self.steps: list[Step] = []
        self.happenings: list[Happening] = []

    def add(self, draft: Draft) -> Snapshot:
        snapshot = _snapshot(draft, self.at)
        order_id = self._add_order(draft, snapshot)
        tickets = iter(snapshot.tickets)
        for line in draft.lines:
            line_id = self._add_line(order_id, line)
            for ticket in islice(tickets, line.quantity):
                self._add_ticket(draft, ticket, order_id, line_id, line.ticket_type.id)
        return snapshot

    def write(self) -> None:
        copy_rows(Order, ORDER, self.orders)
        copy_rows(OrderLine, LINE, self.lines)
        copy_rows(Ticket, TICKET, self.tickets)
        write_steps(self.steps)
        events.record_each(self.happenings, at=self.at)

    def _add_order(self, draft: Draft, snapshot: Snapshot) -> int:
        wish, order_id = draft.wish, next(self.ids)
        self.orders.append(
            (
                order_id,
                snapshot.reference,
                draft.show.id,
                wish.customer_id,
                snapshot.email,
                snapshot.name,
                snapshot.channel,
                snapshot.state,
                snapshot.currency,
                snapshot.total_minor,
                snapshot.platform_fee_minor,
                snapshot.storefront_fee_minor,
                wish.plan.reference if wish.plan else None,
                next(self.invoice_numbers) if draft.is_paid else None,
                snapshot.placed_at,
                snapshot.expires_at,
                snapshot.paid_at,
                draft.place,
            )
        )
        self._begin(ORDER_LIFE, order_id, draft, why=f"placed through the {wish.channel}")
        facts = {
            "show": snapshot.show,
            "total_minor": snapshot.total_minor,
            "currency": snapshot.currency,
        }
        for event in ("order.held", "order.paid") if draft.is_paid else ("order.held",):
            happening = Happening(event, order_id, snapshot.reference, facts, wish.actor)
            self.happenings.append(happening)
        return order_id

    def _add_line(self, order_id: int, line: DraftLine) -> int:
        line_id = next(self.ids)
        self.lines.append(
            (
                line_id,
                order_id,
                line.ticket_type.id,
                line.ticket_type.name,
                line.quantity,
                line.ticket_type.price_minor,
                line.fees.platform_minor,
                line.fees.storefront_minor,
            )
        )
        return line_id

    def _add_ticket(
        self, draft: Draft, ticket: TicketSnapshot, order_id: int, line_id: int, type_id: int
    ) -> None:
        ticket_id = next(self.ids)
        self.tickets.append(
            (
                ticket_id,
                ticket.reference,
                order_id,
                line_id,
                type_id,
                ticket.holder,
                ticket.state,
            )
        )
        self._begin(TICKET_LIFE, ticket_id, draft, why="order held")

    def _begin(self, life: Life, subject_id: int, draft: Draft, *, why: str) -> None:
        held, paid, why_paid = STATES[life.name]
        actor = draft.wish.actor
        self.steps.append(Step(life.name, subject_id, None, held, actor, why))
        if draft.is_paid:
            self.steps.append(Step(life.name, subject_id, held, paid, actor, why_paid))


def write(drafts: Sequence[Draft], at: datetime) -> list[Snapshot]:
    """Take the stock of these orders and write them down. At the till.

    Raises Overtaken if the stock is not what the drafts were made from.
    """
    if not drafts:
        return []
    try:
        boxoffice.take(_stock(each for each in drafts if not each.is_paid))
        boxoffice.sell(_stock(each for each in drafts if each.is_paid))
    except SoldOut as refusal:
        raise Overtaken from refusal
    failpoint("orders.stock_taken")
    rows = Rows(_ids(drafts), _invoice_numbers(drafts), at)
    snapshots = [rows.add(draft) for draft in drafts]
    rows.write()
    failpoint("orders.written")
    return snapshots


def _stock(drafts: Iterable[Draft]) -> dict[int, int]:
    stock: dict[int, int] = {}
    for each in drafts:
        for line in each.lines:
            stock[line.ticket_type.id] = stock.get(line.ticket_type.id, 0) + line.quantity
    return stock


def _ids(drafts: Sequence[Draft]) -> Iterator[int]:
    lines = [line for draft in drafts for line in draft.lines]
    wanted = len(drafts) + len(lines) + sum(line.quantity for line in lines)
    return iter(db.session.execute(IDS, {"count": wanted}).scalar_one())


def _invoice_numbers(drafts: Sequence[Draft]) -> Iterator[int]:
    """Without gaps; asked for only where something costs nothing, as the rest is paid later."""
    if not any(draft.is_paid for draft in drafts):
        return iter(())
    return count(db.session.scalar(sa.select(next_invoice_number())) or 1)


def _snapshot(draft: Draft, at: datetime) -> Snapshot:
    wish, show = draft.wish, draft.show
    ticket_state = TicketState.VALID if draft.is_paid else TicketState.HELD
    return Snapshot(
        reference=draft.reference,
        show=show.reference,
        channel=wish.channel,
        state=OrderState.PAID if draft.is_paid else OrderState.HELD,
        currency=show.currency,
        total_minor=draft.total_minor,
        platform_fee_minor=sum(line.fees.platform_minor for line in draft.lines),
        storefront_fee_minor=sum(line.fees.storefront_minor for line in draft.lines),
        email=wish.email,
        name=wish.name,
        placed_at=at,
        expires_at=at + timedelta(seconds=show.hold_seconds),
        paid_at=at if draft.is_paid else None,
        lines=[
            LineSnapshot(
                line.ticket_type.reference,
                line.ticket_type.name,
                line.quantity,
                line.ticket_type.price_minor,
            )
            for line in draft.lines
        ],
        tickets=[
            TicketSnapshot(
                references.new("ticket"),
                line.ticket_type.reference,
                wish.name,
                ticket_state,
                FIRST_VERSION,
                None,
            )
            for line in draft.lines
            for _ in range(line.quantity)
        ],
    )
