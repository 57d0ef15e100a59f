"""Tickets: what lets one person in. Issued with the hold, valid once paid, signed for the gate."""

from core.tickets.checking_in import AlreadyIn, NotValid, check_in
from core.tickets.codes import BadCode, code_of, public_key, read
from core.tickets.models import LIFE, Ticket, TicketState
from core.tickets.validating import of_order, validate, void, void_some

__all__ = [
    "LIFE",
    "AlreadyIn",
    "BadCode",
    "NotValid",
    "Ticket",
    "TicketState",
    "check_in",
    "code_of",
    "of_order",
    "public_key",
    "read",
    "validate",
    "void",
    "void_some",
]
