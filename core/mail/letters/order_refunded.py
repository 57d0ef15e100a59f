"""The letter that says: money is on its way back."""

from core import documents
from core.documents import Sheet
from core.mail.letter import Letter
from core.mail.letters.writing import write
from core.orders import Order


def order_refunded(order: Order, amount_minor: int) -> Letter:
    """This much of the order goes back, in its minor unit. Raises NobodyToWriteTo."""
    return refund(documents.sheet(order.id), amount_minor)


def refund(sheet: Sheet, amount_minor: int) -> Letter:
    return write(
        "order_refunded",
        sheet,
        amount=sheet.amount(amount_minor),
        is_whole=amount_minor >= sheet.total_minor,
    )
