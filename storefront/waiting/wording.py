"""What the waiting room says, in one place: pages are rendered with these words, and the script
fills the same ones in when the numbers move."""

from core import money
from core.waitingroom import Left, NowServing

WHY = {
    "paused": "The line has been paused. It goes on from where it stopped, and no place changes.",
    "payments": "Payments are taken more slowly than usual just now, so fewer people are let in.",
    "box_office": "The box office is very busy just now, so fewer people are let in at once.",
    "checkouts": "Those who were let in still choose or pay; as they finish, others come in.",
    "setting": "People are let in at a steady pace that the organiser has set.",
    "stock": "All tickets are held by people who are paying. If some come back, the line moves on.",
    "interrupted": "We cannot see the line for a moment. Nobody loses a place; we go on trying.",
    "": "People ahead of you are taking longer than they did a few minutes ago.",
}
"""What holds the line up most, by what core calls it; blank where it is nothing of ours."""

CHANCE = {
    "likely": "Your chance is good: more tickets are left than people ahead of you usually buy.",
    "uncertain": "It may become tight: people ahead of you usually buy about as much as is left.",
    "unlikely": "Your chance is small: people ahead of you usually buy more than is left.",
}

LEFT = {
    "available": "Available",
    "few": "Only {left} left",
    "last": "Last {left}",
    "held": "All held by others",
    "sold_out": "Sold out",
    "not_yet": "",
    "closed": "Sale closed",
}
LONGER = "This takes longer than we said before."
UNCOUNTED = {"few": "Few left", "last": "Last ones"}

ESTIMATE = {
    "now": "Less than a minute",
    "minutes": "About {low} to {high} minutes",
    "hours": "About {low} to {high} hours",
    "unknown": "Cannot be told just now",
}
SPREAD = (0.8, 1.25)
"""How wrong an estimate may be, to either side."""
HOURS_FROM_MINUTES = 150


DRAWN = "You were drawn: your number is {number}."
SOON = "This page shows your place in line in a moment."


def words() -> dict[str, dict[str, str] | str]:
    """Everything that the script may have to say."""
    return {
        "why": WHY, "longer": LONGER, "chance": CHANCE, "left": LEFT, "uncounted": UNCOUNTED,
        "estimate": ESTIMATE, "drawn": DRAWN, "soon": SOON,
    }  # fmt: skip


def estimate(seconds: int | None) -> str:
    """A time to wait as a range, as far as anybody can know: 'About 12 to 18 minutes'."""
    if seconds is None:
        return ESTIMATE["unknown"]
    low, high = (seconds / 60 * share for share in SPREAD)
    if high <= 1:
        return ESTIMATE["now"]
    if high >= HOURS_FROM_MINUTES:
        return _ranged("hours", low / 60, high / 60, 1)
    return _ranged("minutes", low, high, 1 if high <= 20 else 5 if high <= 60 else 10)


def left(of: Left) -> str:
    """How much is left of a ticket type."""
    form = (LEFT if of.left else UNCOUNTED).get(of.state) or LEFT[of.state]
    return form.format(left=of.left)


def rows(serving: NowServing, currency: str) -> list[tuple[str, str, str, str]]:
    """Ticket types as name, price, state, and what is left in words."""
    return [
        (each.name, money.formatted(each.price_minor, currency), each.state, left(each))
        for each in serving.ticket_types
    ]


def _ranged(unit: str, low: float, high: float, step: int) -> str:
    down, up = max(1, int(low / step) * step), -int(-high // step) * step
    return ESTIMATE[unit].format(low=down, high=max(up, down + step))
