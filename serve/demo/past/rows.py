"""From sales to rows: the same that placing, paying, settling and checking in write one by one."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import fees, references
from core.database import Model
from core.events import Event
from core.fees import Plan
from core.ledger import Account, Entry, Posting
from core.money import rounded_half_up
from core.moves import Move
from core.orders import Order, OrderLine, OrderState
from core.payments import Payment, PaymentState
from core.tickets import Ticket, TicketState
from jobs import reactions
from serve.demo.past.inventing import Sale

STRIPE_COST = {"EUR": (150, 25), "GBP": (150, 20), "USD": (290, 30)}
"""What a card payment costs: hundredths of a percent, and minor units on top."""
NO_SHOW_SHARE = 0.07
COMING_MINUTES = (-10, 50)
"""Before the start."""
PAYING_BEGINS = timedelta(seconds=20)

Row = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """When something happened, who did it, and why."""

    at: datetime
    actor: str
    reason: str


@dataclass
class Rows:
    """Rows by table, in the order in which foreign keys allow them."""

    ids: Iterator[int]
    plan: Plan | None
    dice: random.Random
    now: datetime
    tables: dict[type[Model], list[Row]] = field(
        default_factory=lambda: {
            table: [] for table in (Order, OrderLine, Ticket, Payment, Entry, Posting, Move, Event)
        }
    )
    invoices: int = 0

    def add(self, sale: Sale) -> None:
        """Write down one sale. Sales come in the order in which they ended."""
        order = self._order(sale)
        self._tickets(sale, order)
        facts = {
            "show": sale.show.reference,
            "total_minor": order["total_minor"],
            "currency": order["currency"],
        }
        placed = Act(sale.placed_at, "customer", f"placed through the {sale.channel}")
        self._move("order", order["id"], None, OrderState.HELD, placed)
        self._event("order.held", order, placed, facts)
        if not sale.is_paid:
            lapsed = Act(sale.ended_at, "schedule", "not paid in time")
            self._move("order", order["id"], OrderState.HELD, OrderState.EXPIRED, lapsed)
            self._event("order.expired", order, lapsed, {})
            return
        paid = Act(sale.ended_at, "stripe", self._paid(sale, order))
        self._move("order", order["id"], OrderState.HELD, OrderState.PAID, paid)
        awaits = reactions.to("order.paid") if sale.customer_id else []  # papers, a letter
        self._event("order.paid", order, paid, facts, awaits=awaits)

    def _paid(self, sale: Sale, order: Row) -> str:
        """Write down the money, if it costs any; why the order counts as paid."""
        if not order["total_minor"]:
            return "costs nothing"
        payment = self._payment(sale, order)
        self._books(sale, order, payment)
        return f"payment {payment['reference']}"

    def _order(self, sale: Sale) -> Row:
        order_id = next(self.ids)
        lines = [
            self._line(sale, order_id, ticket_type, count) for ticket_type, count in sale.lines
        ]
        if sale.is_paid:
            self.invoices += 1
        return self._add(
            Order,
            id=order_id,
            reference=references.new("order"),
            show_id=sale.show.id,
            customer_id=sale.customer_id,
            email=sale.email,
            name=sale.name,
            channel=sale.channel,
            state=OrderState.PAID if sale.is_paid else OrderState.EXPIRED,
            currency=sale.show.currency,
            total_minor=sum(line["quantity"] * line["unit_price_minor"] for line in lines),
            platform_fee_minor=sum(line["platform_fee_minor"] for line in lines),
            storefront_fee_minor=sum(line["storefront_fee_minor"] for line in lines),
            fee_plan=self.plan.reference if self.plan else None,
            invoice_number=self.invoices if sale.is_paid else None,
            placed_at=sale.placed_at,
            expires_at=sale.placed_at + timedelta(seconds=sale.show.hold_seconds),
            paid_at=sale.ended_at if sale.is_paid else None,
        )

    def _line(self, sale: Sale, order_id: int, ticket_type: Any, count: int) -> Row:
        fee = fees.fees_on_line(ticket_type.price_minor, count, self.plan, channel=sale.channel)
        return self._add(
            OrderLine,
            id=next(self.ids),
            order_id=order_id,
            ticket_type_id=ticket_type.id,
            name=ticket_type.name,
            quantity=count,
            unit_price_minor=ticket_type.price_minor,
            platform_fee_minor=fee.platform_minor,
            storefront_fee_minor=fee.storefront_minor,
        )

    def _tickets(self, sale: Sale, order: Row) -> None:
        for line in self.tables[OrderLine][-len(sale.lines) :]:
            for _ in range(line["quantity"]):
                self._ticket(sale, order, line)

    def _ticket(self, sale: Sale, order: Row, line: Row) -> None:
        ticket = self._add(
            Ticket,
            id=next(self.ids),
            reference=references.new("ticket"),
            order_id=order["id"],
            line_id=line["id"],
            ticket_type_id=line["ticket_type_id"],
            holder=sale.name,
            state=TicketState.VALID if sale.is_paid else TicketState.VOID,
            checked_in_at=None,
        )
        subject, held, valid = ticket["id"], TicketState.HELD, TicketState.VALID
        self._move("ticket", subject, None, held, Act(sale.placed_at, "customer", "order held"))
        if not sale.is_paid:
            lapsed = Act(sale.ended_at, "schedule", "order expired")
            self._move("ticket", subject, held, TicketState.VOID, lapsed)
            return
        self._move("ticket", subject, held, valid, Act(sale.ended_at, "stripe", "order paid"))
        if sale.show.starts_at < self.now and self.dice.random() >= NO_SHOW_SHARE:
            came_at = sale.show.starts_at - timedelta(minutes=self.dice.uniform(*COMING_MINUTES))
            ticket |= {"state": TicketState.USED, "checked_in_at": came_at}
            came = Act(came_at, "system", "at the gate")
            self._move("ticket", subject, valid, TicketState.USED, came)
            self._event("ticket.checked_in", ticket, came, {})

    def _payment(self, sale: Sale, order: Row) -> Row:
        percent_bp, fixed_minor = STRIPE_COST[order["currency"]]
        amount_minor = order["total_minor"]
        reference = references.new("payment")
        body = reference.partition("_")[2]
        began_at = sale.placed_at + PAYING_BEGINS
        payment = self._add(
            Payment,
            id=next(self.ids),
            reference=reference,
            order_id=order["id"],
            state=PaymentState.SUCCEEDED,
            amount_minor=amount_minor,
            currency=order["currency"],
            intent_id=f"pi_demo_{body}",
            charge_id=f"ch_demo_{body}",
            cost_minor=rounded_half_up(amount_minor * percent_bp, 10_000) + fixed_minor,
            captured_minor=amount_minor,
            is_applied=True,
            started_at=began_at,
            checked_at=sale.ended_at,
        )
        subject, states = payment["id"], PaymentState
        goes, asked = (
            Act(began_at, "customer", why) for why in ("customer goes to pay", "intent made")
        )
        captured = Act(sale.ended_at, "stripe", "Stripe has the money")
        self._move("payment", subject, None, states.STARTING, goes)
        self._move("payment", subject, states.STARTING, states.OPEN, asked)
        self._move("payment", subject, states.OPEN, states.SUCCEEDED, captured)
        return payment

    def _books(self, sale: Sale, order: Row, payment: Row) -> None:
        """The four entries of core.payments.settling."""
        total, cost = order["total_minor"], payment["cost_minor"]
        platform, storefront = order["platform_fee_minor"], order["storefront_fee_minor"]
        number = references.short_number(order["reference"])
        self._entry(
            sale,
            order,
            f"capture {payment['reference']}",
            f"Card payment for order {number}",
            {Account.STRIPE_CLEARING: total, Account.UNAPPLIED: -total},
        )
        self._entry(
            sale,
            order,
            f"sale {order['reference']}",
            f"Order {number}",
            {
                Account.UNAPPLIED: total,
                Account.PLATFORM_FEE: -platform,
                Account.STOREFRONT_FEE: -storefront,
                Account.PAYABLE_PENDING: -(total - platform - storefront),
            },
        )
        self._entry(
            sale,
            order,
            f"cost {payment['reference']}",
            f"Payment cost of order {number}",
            {Account.PAYMENT_COST: cost, Account.STRIPE_CLEARING: -cost},
        )
        self._entry(
            sale,
            order,
            f"payment cost {order['reference']}",
            f"Payment cost of order {number}, borne by the seller",
            {Account.PAYABLE_PENDING: cost, Account.PAYMENT_COST: -cost},
        )

    def _entry(
        self, sale: Sale, order: Row, source: str, memo: str, amounts: Mapping[Account, int]
    ) -> None:
        entry = self._add(
            Entry,
            id=next(self.ids),
            source=source,
            memo=memo,
            order_id=order["id"],
            currency=order["currency"],
            actor="stripe",
            posted_at=sale.ended_at,
        )
        for account, amount_minor in amounts.items():
            if amount_minor:
                self._add(Posting, entry_id=entry["id"], account=account, amount_minor=amount_minor)

    def _move(self, life: str, subject_id: int, before: str | None, after: str, act: Act) -> None:
        self._add(
            Move,
            life=life,
            subject_id=subject_id,
            from_state=before,
            to_state=after,
            actor=act.actor,
            reason=act.reason,
            at=act.at,
        )

    def _event(
        self, event_type: str, subject: Row, act: Act, facts: Row, *, awaits: Sequence[str] = ()
    ) -> None:
        self._add(
            Event,
            reference=references.new("event"),
            type=event_type,
            subject_id=subject["id"],
            subject_reference=subject["reference"],
            data=facts,
            actor=act.actor,
            recorded_at=act.at,
            awaits=list(awaits),
            relay_at=act.at,
            handled_at=None if awaits else act.at,
        )

    def _add(self, table: type[Model], **columns: Any) -> Row:
        self.tables[table].append(columns)
        return columns
