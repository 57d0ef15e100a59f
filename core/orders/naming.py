"""Whom an order is for."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from core.errors import Conflict, Invalid
from core.orders.models import Order
from core.orders.states import OrderState

MAX_NAME_LENGTH = 120


class HoldEnded(Conflict):
    code = "hold_expired"
    title = "The time for this order is over"


def clean_name(text: str) -> str:
    """One line, no control characters. Raises Invalid."""
    name = " ".join("".join(c for c in text if unicodedata.category(c)[0] != "C").split())
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise Invalid(f"Please give a name of 1 to {MAX_NAME_LENGTH} characters.", field="name")
    return name


def clean_email(text: str) -> str:
    """An address that letters can be sent to. Raises Invalid."""
    try:
        return validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError:
        raise Invalid(
            "Please give an e-mail address, like name@example.org.", field="email"
        ) from None


def name_customer(order: Order, *, name: str, email: str) -> None:
    """Write on a held order whom it is for. Raises Invalid, HoldEnded."""
    name, email = clean_name(name), clean_email(email)
    if order.state != OrderState.HELD:
        raise HoldEnded("This order can no longer be changed.")
    order.name, order.email = name, email
