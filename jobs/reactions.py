"""After what, do what: one table. Each reaction is safe to run twice."""

from collections.abc import Callable

from core import events
from jobs import documents, mail, payments, queues

Reaction = Callable[[int], None]
"""Takes the id of the event's subject; the reseller is bound around it."""

REACTIONS: dict[str, list[tuple[str, Reaction]]] = {
    "payment.noticed": [(queues.PAYMENTS, payments.act_on_notice)],
    "refund.requested": [(queues.PAYMENTS, payments.submit_refund)],
    "order.paid": [(queues.DOCUMENTS, documents.print_documents)],
    "order.documents_printed": [(queues.MAIL, mail.confirm_order)],
    "refund.succeeded": [(queues.MAIL, mail.tell_of_refund)],
}

BY_NAME: dict[str, tuple[str, Reaction]] = {
    reaction.__name__: (queue, reaction)
    for reactions in REACTIONS.values()
    for queue, reaction in reactions
}


def to(event_type: str) -> list[str]:
    """Names of the reactions to an event of this type."""
    return [reaction.__name__ for _, reaction in REACTIONS.get(event_type, [])]


def listen() -> None:
    """Let every event that is recorded await its reactions."""
    events.subscribe(to)
