"""What somebody had chosen when its pass was missing or over: chosen again when it comes back."""

from collections.abc import Mapping

from flask import session

from core.orders import wanting

CHOSEN = "chosen"


def keep(show: str, quantities: Mapping[str, str]) -> None:
    """Of one show, the last; as much of it as can be an order."""
    sane = {
        reference: text
        for reference, text in quantities.items()
        if text.isascii() and text.isdecimal() and len(text) <= wanting.MAX_DIGITS and int(text)
    }
    if sane and len(sane) <= wanting.MAX_LINES:
        session[CHOSEN] = [show, sane]


def recall(show: str) -> Mapping[str, str] | None:
    """Quantities by reference of their ticket type."""
    if CHOSEN not in session:
        return None
    kept_for, quantities = session[CHOSEN]
    return quantities if kept_for == show else None


def forget(show: str) -> None:
    if recall(show) is not None:
        session.pop(CHOSEN)
