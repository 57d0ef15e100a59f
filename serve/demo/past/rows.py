"""From sales to rows: the same that placing, paying, settling and checking in write one by one."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import fees, references
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
BUYER, STRIPE, SCHEDULE, GATE = "customer", "stripe", "schedule", "system"
PAYING_BEGINS = timedelta(seconds=20)

Row = dict[str, Any]


@dataclass
class Rows:
    """Rows by table, in the order in which foreign keys allow them."""

    ids: Iterator[int]
    plan: Plan | None
    dice: random.Random
    now: datetime
    tables: dict[type, list[Row]] = field(
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
        self._event("order.held", order, sale.placed_at, BUYER, facts)
        through = f"placed through the {sale.channel}"
        self._move("order", order["id"], None, OrderState.HELD, sale.placed_at, BUYER, through)
        if not sale.is_paid:
            self._end(order, OrderState.EXPIRED, sale.ended_at, SCHEDULE, "not paid in time")
            self._event("order.expired", order, sale.ended_at, SCHEDULE, {})
            return
        reason = "costs nothing"
        if order["total_minor"]:
            payment = self._payment(sale, order)
            self._books(sale, order, payment)
            reason = f"payment {payment['reference']}"
        self._end(order, OrderState.PAID, sale.ended_at, STRIPE, reason)
        self._event(
            "order.paid",
            order,
            sale.ended_at,
            STRIPE,
            facts,
            awaits=reactions.to("order.paid") if sale.customer_id else [],
        )

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
        subject, held = ticket["id"], TicketState.HELD
        self._move("ticket", subject, None, held, sale.placed_at, BUYER, "order held")
        if not sale.is_paid:
            void = TicketState.VOID
            self._move("ticket", subject, held, void, sale.ended_at, SCHEDULE, "order expired")
            return
        valid = TicketState.VALID
        self._move("ticket", subject, held, valid, sale.ended_at, STRIPE, "order paid")
        if sale.show.starts_at < self.now and self.dice.random() >= NO_SHOW_SHARE:
            came_at = sale.show.starts_at - timedelta(minutes=self.dice.uniform(*COMING_MINUTES))
            ticket |= {"state": TicketState.USED, "checked_in_at": came_at}
            self._move("ticket", subject, valid, TicketState.USED, came_at, GATE, "at the gate")
            self._event("ticket.checked_in", ticket, came_at, GATE, {})

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
        for before, after, at, actor, reason in (
            (None, PaymentState.STARTING, began_at, BUYER, "customer goes to pay"),
            (PaymentState.STARTING, PaymentState.OPEN, began_at, BUYER, "intent made"),
            (
                PaymentState.OPEN,
                PaymentState.SUCCEEDED,
                sale.ended_at,
                STRIPE,
                "Stripe has the money",
            ),
        ):
            self._move("payment", payment["id"], before, after, at, actor, reason)
        return payment

    def _books(self, sale: Sale, order: Row, payment: Row) -> None:
        """The three entries of core.payments.settling."""
        total, cost = order["total_minor"], payment["cost_minor"]
        platform, storefront = order["platform_fee_minor"], order["storefront_fee_minor"]
        number = references.short_number(order["reference"])
        self._entry(
            sale,
            order,
            f"capture {payment['reference']}",
            f"Card payment for order {number}",
            {
                Account.STRIPE_CLEARING: total - cost,
                Account.PAYMENT_COST: cost,
                Account.UNAPPLIED: -total,
            },
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
            f"payment cost {order['reference']}",
            f"Payment cost of order {number}",
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
            actor=STRIPE,
            posted_at=sale.ended_at,
        )
        for account, amount_minor in amounts.items():
            if amount_minor:
                self._add(Posting, entry_id=entry["id"], account=account, amount_minor=amount_minor)

    def _end(self, order: Row, to: OrderState, at: datetime, actor: str, reason: str) -> None:
        self._move("order", order["id"], OrderState.HELD, to, at, actor, reason)

    def _move(
        self,
        life: str,
        subject_id: int,
        before: str | None,
        after: str,
        at: datetime,
        actor: str,
        reason: str,
    ) -> None:
        self._add(
            Move,
            life=life,
            subject_id=subject_id,
            from_state=before,
            to_state=after,
            actor=actor,
            reason=reason,
            at=at,
        )

    def _event(
        self,
        event_type: str,
        subject: Row,
        at: datetime,
        actor: str,
        facts: Row,
        *,
        awaits: list[str] | None = None,
    ) -> None:
        self._add(
            Event,
            reference=references.new("event"),
            type=event_type,
            subject_id=subject["id"],
            subject_reference=subject["reference"],
            data=facts,
            actor=actor,
            recorded_at=at,
            awaits=awaits or [],
            relay_at=at,
            handled_at=None if awaits else at,
        )

    def _add(self, table: type, **columns: Any) -> Row:
        self.tables[table].append(columns)
        return columns
