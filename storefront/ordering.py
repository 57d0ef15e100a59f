"""An order as its customer sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import url_for

from core import documents, money, payments, tickets
from core.orders import Order, OrderState
from core.tenancy import Tenant
from core.tickets import TicketState
from storefront.showing import ShowView
from storefront.showing import view_of as view_of_show

PRINTING = timedelta(days=1)
"""How long a page says that papers are being printed; by then a person has to look."""
READY = frozenset({TicketState.VALID, TicketState.USED})


class LineView(NamedTuple):
    name: str
    quantity: int
    price: str
    total: str


@dataclass(frozen=True)
class TicketView:
    number: str
    type_name: str
    holder: str
    qr_svg: str
    state: str


@dataclass(frozen=True)
class RefundView:
    amount: str
    state: str
    reason: str


@dataclass(frozen=True)
class OrderView:
    """Everything the pages of an order show, as plain values."""

    reference: str
    number: str
    state: str
    show: ShowView
    lines: list[LineView]
    total: str
    total_minor: int
    email: str
    name: str
    placed_at: datetime
    expires_at: datetime
    seconds_left: int
    tickets: list[TicketView]
    refunds: list[RefundView]
    tickets_pdf_url: str | None
    invoice_pdf_url: str | None
    is_processing: bool
    """The customer has paid, as far as its browser knows; we wait for the money to be certain."""
    is_fresh: bool
    """Paid so lately that somebody may be waiting in front of the page."""
    has_open_payment: bool
    payment_message: str | None
    can_cancel: bool
    fee_note: str = "All fees are included."

    @property
    def wants_documents(self) -> bool:
        """Paid a short while ago, and its papers are being printed."""
        return self.is_fresh and self.state == OrderState.PAID and self.tickets_pdf_url is None

    @property
    def is_settled(self) -> bool:
        """Nothing more is going to change by itself."""
        return not (self.is_processing or self.wants_documents)


def state_at(order: Order, now: datetime) -> str:
    """A hold that is over is expired, tidied away or not."""
    is_lapsed = order.state == OrderState.HELD and order.expires_at <= now
    return OrderState.EXPIRED if is_lapsed else order.state


def view_of(order: Order, tenant: Tenant, now: datetime, *, has_paid: bool = False) -> OrderView:
    """The view of an order at a moment."""
    state = state_at(order, now)
    payment = payments.find_open(order)
    is_processing = (
        has_paid and payment is not None and state in {OrderState.HELD, OrderState.EXPIRED}
    )
    # An earlier attempt may have been declined: once the browser has paid, that is old news.
    declined = payment.failure if payment and not is_processing else None
    is_paid = state in {OrderState.PAID, OrderState.REFUNDED}
    return OrderView(
        reference=order.reference,
        number=order.number,
        state=OrderState.HELD.value if is_processing else str(state),
        show=view_of_show(order.show, now),
        lines=[
            LineView(
                line.name,
                line.quantity,
                money.formatted(line.unit_price_minor, order.currency),
                money.formatted(line.total_minor, order.currency),
            )
            for line in order.lines
        ],
        total=money.formatted(order.total_minor, order.currency),
        total_minor=order.total_minor,
        email=order.email or "",
        name=order.name or "",
        placed_at=order.show.local(order.placed_at),
        expires_at=order.expires_at,
        seconds_left=max(0, int((order.expires_at - now).total_seconds())),
        tickets=_tickets(order, tenant) if is_paid else [],
        refunds=[
            RefundView(money.formatted(each.amount_minor, each.currency), each.state, each.reason)
            for each in payments.refunds_of(order)
        ],
        tickets_pdf_url=_url(order, "tickets") if is_paid else None,
        invoice_pdf_url=_url(order, "invoice") if is_paid else None,
        is_processing=is_processing,
        is_fresh=order.paid_at is not None and order.paid_at > now - PRINTING,
        has_open_payment=payment is not None,
        payment_message=declined,
        can_cancel=state == OrderState.HELD and not is_processing,
    )


def _tickets(order: Order, tenant: Tenant) -> list[TicketView]:
    names = {line.id: line.name for line in order.lines}
    views = []
    for ticket in tickets.of_order(order.id):
        is_ready = ticket.state in READY
        code = tickets.code_of(tenant.reference, ticket.reference, ticket.version)
        views.append(
            TicketView(
                number=ticket.number,
                type_name=names[ticket.line_id],
                holder=ticket.holder or order.name or "",
                qr_svg=documents.qr_svg(code) if is_ready else "",
                state=ticket.state,
            )
        )
    return views


def _url(order: Order, kind: str) -> str | None:
    if documents.find(order.id, kind) is None:
        return None
    return url_for(f"documents.{kind}", reference=order.reference)
