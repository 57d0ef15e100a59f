"""What we write to customers: one function and one folder of templates for each letter."""

from core.mail.letters.order_confirmed import order_confirmed
from core.mail.letters.order_refunded import order_refunded
from core.mail.letters.payment_came_too_late import payment_came_too_late
from core.mail.letters.writing import NobodyToWriteTo

__all__ = ["NobodyToWriteTo", "order_confirmed", "order_refunded", "payment_came_too_late"]
