"""One order as the box office sees it: everything, and where it stands."""

from dataclasses import dataclass
from datetime import datetime

from core import mail, payments, tickets
from core.orders import Order
from core.tenancy import Tenant
from core.tickets import TicketState
from dashboard.showing import OrderRow, row_of, zone_of
from dashboard.timeline import Happening, timeline_of

CAN_GO_BACK = frozenset({TicketState.VALID, TicketState.USED})


@dataclass(frozen=True)
class LineView:
    name: str
    quantity: int
    price_minor: int
    total_minor: int


@dataclass(frozen=True)
class TicketView:
    reference: str
    number: str
    type_name: str
    holder: str
    price_minor: int
    state: str

    @property
    def can_go_back(self) -> bool:
        return self.state in CAN_GO_BACK


@dataclass(frozen=True)
class MoneyView:
    """A payment or a refund."""

    reference: str
    provider_reference: str
    amount_minor: int
    state: str
    note: str


@dataclass(frozen=True)
class LetterView:
    subject: str
    to: str
    state: str
    sent_at: datetime | None


@dataclass(frozen=True)
class OrderView:
    row: OrderRow
    show_reference: str
    channel: str
    expires_at: datetime
    paid_at: datetime | None
    invoice_number: int | None
    platform_fee_minor: int
    storefront_fee_minor: int
    lines: list[LineView]
    tickets: list[TicketView]
    payments: list[MoneyView]
    refunds: list[MoneyView]
    letters: list[LetterView]
    timeline: list[Happening]

    @property
    def can_go_back(self) -> bool:
        """Whether there is anything to refund."""
        has_paid = any(each.state == payments.PaymentState.SUCCEEDED for each in self.payments)
        return self.row.state == "paid" and has_paid and any(t.can_go_back for t in self.tickets)


def view_of(order: Order, tenant: Tenant, now: datetime) -> OrderView:
    zone = zone_of(tenant)
    its_tickets = tickets.of_order(order.id)
    its_payments = payments.payments_of(order)
    its_refunds = payments.refunds_of(order)
    letters = mail.letters_about(
        f"order-{order.id}", *(f"refund-{each.id}" for each in its_refunds)
    )
    prices = {line.id: line for line in order.lines}
    return OrderView(
        row=row_of(order, tenant, now),
        show_reference=order.show.reference,
        channel=order.channel,
        expires_at=order.expires_at.astimezone(zone),
        paid_at=order.paid_at.astimezone(zone) if order.paid_at else None,
        invoice_number=order.invoice_number,
        platform_fee_minor=order.platform_fee_minor,
        storefront_fee_minor=order.storefront_fee_minor,
        lines=[
            LineView(line.name, line.quantity, line.unit_price_minor, line.total_minor)
            for line in order.lines
        ],
        tickets=[
            TicketView(
                reference=each.reference,
                number=each.number,
                type_name=prices[each.line_id].name,
                holder=each.holder or order.name or "",
                price_minor=prices[each.line_id].unit_price_minor,
                state=each.state,
            )
            for each in its_tickets
        ],
        payments=[
            MoneyView(
                each.reference,
                each.intent_id or "",
                each.amount_minor,
                each.state,
                each.failure or "",
            )
            for each in its_payments
        ],
        refunds=[
            MoneyView(
                each.reference,
                each.provider_id or "",
                each.amount_minor,
                each.state,
                each.failure or each.reason,
            )
            for each in its_refunds
        ],
        letters=[
            LetterView(
                each.subject,
                each.to_email,
                each.state,
                each.sent_at.astimezone(zone) if each.sent_at else None,
            )
            for each in letters
        ],
        timeline=timeline_of(order, its_tickets, its_payments, its_refunds, letters, tenant=tenant),
    )
