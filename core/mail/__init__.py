"""Letters to customers: what they say, and sending each of them once."""

from core.mail.letter import Attachment, Letter
from core.mail.letters import (
    NobodyToWriteTo,
    order_confirmed,
    order_refunded,
    payment_came_too_late,
)
from core.mail.models import LetterState, SentLetter
from core.mail.queries import letters_about
from core.mail.sending import BeingSent, send_once
from core.mail.wrapping import UnsafeHeader

__all__ = [
    "Attachment",
    "BeingSent",
    "Letter",
    "LetterState",
    "NobodyToWriteTo",
    "SentLetter",
    "UnsafeHeader",
    "letters_about",
    "order_confirmed",
    "order_refunded",
    "payment_came_too_late",
    "send_once",
]
