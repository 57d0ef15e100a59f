"""The letter that says: your money came after your tickets had gone, and it is on its way back."""

from core import documents
from core.documents import Sheet
from core.mail.letter import Letter
from core.mail.letters.writing import write
from core.orders import Order


def payment_came_too_late(order: Order, refund_minor: int) -> Letter:
    """Refunded in full: the tickets were gone. Amount in the order's minor unit.

    Raises NobodyToWriteTo.
    """
    return regret(documents.sheet(order.id), refund_minor)


def regret(sheet: Sheet, refund_minor: int) -> Letter:
    return write("payment_came_too_late", sheet, amount=sheet.amount(refund_minor))
