"""All that happened to an order, in one column: its moves, those of what belongs to it, letters."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import accounts, events, moves
from core.events import Event
from core.mail import SentLetter
from core.moves import Move
from core.orders import Order
from core.payments import Payment, Refund
from core.tenancy import Tenant
from core.tickets import Ticket
from dashboard.showing import zone_of

TOGETHER = timedelta(seconds=2)
"""Tickets that move within this time moved together."""

WORDS = {
    ("order", "held"): "Tickets held",
    ("order", "paid"): "Order paid",
    ("order", "expired"): "Hold expired",
    ("order", "cancelled"): "Order cancelled",
    ("order", "refunded"): "Order refunded",
    ("payment", "starting"): "Payment begun",
    ("payment", "open"): "Payment form shown",
    ("payment", "succeeded"): "Payment received",
    ("payment", "cancelled"): "Payment given up",
    ("refund", "requested"): "Refund asked for",
    ("refund", "submitted"): "Refund sent to Stripe",
    ("refund", "succeeded"): "Refund paid out",
    ("refund", "failed"): "Refund failed",
    ("ticket", "held"): "held",
    ("ticket", "valid"): "made valid",
    ("ticket", "used"): "admitted",
    ("ticket", "void"): "taken back",
}
TICKET_WORDS = frozenset(words for (life, _), words in WORDS.items() if life == "ticket")
EVENTS = {
    "order.documents_printed": "Tickets and invoice printed",
    "payment.failed": "Payment declined",
    "payment.returned": "Payment goes back",
    "payment.disputed": "Payment disputed",
    "payment.dispute_closed": "Dispute closed",
    "payment.fraud_warned": "Fraud warning from the bank",
}
"""Those that no move tells."""
BAD = frozenset({"failed", "payment.failed", "payment.disputed", "payment.fraud_warned"})
ACTORS = {"customer": "Customer", "system": "System", "stripe": "Stripe", "schedule": "Schedule"}


@dataclass(frozen=True)
class Happening:
    """Something that happened: when, what, who, why."""

    at: datetime
    what: str
    who: str
    why: str
    is_bad: bool = False
    count: int = 1


def timeline_of(
    order: Order,
    tickets: list[Ticket],
    payments: list[Payment],
    refunds: list[Refund],
    letters: list[SentLetter],
    *,
    tenant: Tenant,
) -> list[Happening]:
    """Everything about an order, oldest first, on the reseller's clocks."""
    subjects = [
        order.id,
        *(each.id for each in tickets),
        *(each.id for each in payments),
        *(each.id for each in refunds),
    ]
    names = {**ACTORS, **accounts.actors_of(tenant.id)}
    zone = zone_of(tenant)
    told = [
        *_of_moves(moves.history(*subjects), names),
        *_of_events(events.about(subjects), names),
        *(
            Happening(each.sent_at, "Letter sent", "System", each.subject)
            for each in letters
            if each.sent_at
        ),
    ]
    return [replace(each, at=each.at.astimezone(zone)) for each in sorted(told, key=lambda t: t.at)]


def _of_moves(history: list[Move], names: dict[str, str]) -> list[Happening]:
    told: list[Happening] = []
    together: dict[tuple[str, str, str], int] = {}
    for move in history:
        who = names.get(move.actor, move.actor)
        what = WORDS.get((move.life, move.to_state), f"{move.life} {move.to_state}")
        if move.life == "ticket":
            key = (what, who, move.reason)
            place = together.get(key)
            if place is not None and move.at - told[place].at < TOGETHER:
                told[place] = replace(told[place], count=told[place].count + 1)
                continue
            together[key] = len(told)
        told.append(Happening(move.at, what, who, move.reason, is_bad=move.to_state in BAD))
    return [_counted(each) if each.what in TICKET_WORDS else each for each in told]


def _counted(each: Happening) -> Happening:
    noun = "ticket" if each.count == 1 else "tickets"
    return replace(each, what=f"{each.count} {noun} {each.what}")


def _of_events(log: list[Event], names: dict[str, str]) -> list[Happening]:
    return [
        Happening(
            event.recorded_at,
            EVENTS[event.type],
            names.get(event.actor, event.actor),
            str(event.data.get("why") or ""),
            is_bad=event.type in BAD,
        )
        for event in log
        if event.type in EVENTS
    ]
