"""The switches of a waiting room: what each says and asks of whoever uses it, and using one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from core import waitingroom
from core.catalogue import Show
from core.errors import Conflict, Invalid, Refused
from core.waitingroom import RoomPhase, Suspects
from core.web.forms import form_text
from core.web.watching import RoomView

MAX_REASON_LENGTH = 200
MAX_DIGITS = 7
SETTINGS = ("checkout_seats", "per_minute", "gather_minutes", "suspects")


class RoomChanged(Conflict):
    """A form of a page that was loaded when the room was another."""

    code = "waiting_room_changed"

    def __init__(self) -> None:
        super().__init__(
            "The waiting room has changed since you loaded the page, so nothing was done. "
            "This is how it stands now."
        )


@dataclass(frozen=True)
class Switch:
    """One thing that can be done to a waiting room. Its form's fields begin with its name."""

    name: str
    path: str
    """Below the address of the room: a noun."""
    use: Callable[..., object]
    title: str
    says: str
    done: str
    """What is said once it is done."""
    reason: str = ""
    """What the field for it begins with."""
    warning: str = ""
    """What has to be ticked before, as it is hard to take back."""

    @property
    def reason_field(self) -> str:
        return f"{self.name}-reason"

    @property
    def warning_field(self) -> str:
        return f"{self.name}-sure"

    @property
    def fields(self) -> tuple[str, ...]:
        """Of its form; what is wrong with one of them opens it."""
        more = SETTINGS if self.name == "change" else ()
        return self.reason_field, self.warning_field, *more


@dataclass(frozen=True)
class Wish:
    """What was entered."""

    reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)


MARK = Switch(
    "mark",
    "",
    waitingroom.mark,
    "Expect a rush",
    "People may come before the sale and are drawn at its opening; then they are called in turn.",
    "A rush is expected, and the waiting room is there.",
    reason="Many people are expected",
)
UNMARK = Switch(
    "unmark",
    "withdrawal",
    waitingroom.unmark,
    "Expect no rush",
    "The show goes on sale without a waiting room, unless one opens by itself under load.",
    "No rush is expected any more.",
    reason="Fewer people are expected",
    warning="Nobody is drawn: whoever has gathered has waited for nothing.",
)
OPEN = Switch(
    "open",
    "opening",
    waitingroom.open_now,
    "Open now",
    "From now on nobody buys without a pass: who comes gets a number and is called in turn.",
    "The waiting room is open.",
    reason="Too many come at once",
)
CLOSE = Switch(
    "close",
    "closing",
    waitingroom.close_now,
    "Close now",
    "Everybody buys without a pass. If too many come at once, it opens by itself again.",
    "The waiting room is closed: nobody needs a pass.",
    warning="The line ends: who has waited longest is no better off than who comes now.",
)
PAUSE = Switch(
    "pause",
    "pause",
    waitingroom.pause,
    "Pause",
    "Nobody is called until you resume. Who is at the checkout goes on buying, others may join.",
    "Paused: nobody is called.",
    reason="To look into something",
)
RESUME = Switch(
    "resume",
    "resumption",
    waitingroom.resume,
    "Resume",
    "People are called again, in the order of their numbers.",
    "Resumed: people are called again.",
    reason="All is well again",
)
CHANGE = Switch(
    "change",
    "settings",
    waitingroom.change,
    "Change settings",
    "They count from the next second on.",
    "The settings are changed.",
)
MARK_ON_SALE = replace(
    MARK,
    says="The show is on sale, so the room opens at once. It stays open until it has been quiet "
    "for a quarter of an hour.",
)
UNMARK_ON_SALE = replace(
    UNMARK,
    says="From now on a room opens by itself only, when too many come at once.",
    warning="No room is kept ready for a rush.",
)


def offered(view: RoomView) -> list[Switch]:
    """What can be done as the room stands, the likeliest first."""
    if view.is_over:
        return []
    if not view.is_on:
        if not view.is_on_sale:
            return [MARK]
        return [OPEN, UNMARK_ON_SALE] if view.is_high_traffic else [MARK_ON_SALE, OPEN]
    turning = RESUME if view.live.is_paused else PAUSE
    return [turning, CHANGE, CLOSE if view.phase == RoomPhase.OPEN else UNMARK]


def check(show: Show) -> None:
    """That the room is as it was when the form was made, and stays so until the transaction ends.

    Raises RoomChanged.
    """
    if request.form.get("version") != waitingroom.version_of(show):
        raise RoomChanged


def read(switch: Switch) -> Wish:
    """What the form says. Raises Invalid."""
    if switch.warning and not request.form.get(switch.warning_field):
        raise Invalid("Please tick that this is what you want.", field=switch.warning_field)
    wanted = _settings() if switch is CHANGE else {}
    reason = form_text(switch.reason_field)
    if not 1 <= len(reason) <= MAX_REASON_LENGTH:
        raise Invalid(
            f"Please give a reason, at most {MAX_REASON_LENGTH} characters.",
            field=switch.reason_field,
        )
    return Wish(reason, wanted)


def use(switch: Switch, show: Show, wish: Wish) -> None:
    """With the reseller bound, in a transaction. Raises Invalid and Conflict."""
    switch.use(show, reason=wish.reason, **wish.settings)


def entered(refusal: Refused | None) -> dict[str, str]:
    """What was typed, to be shown again beside what is wrong with it.

    Only the reason if the room is another now: the rest was meant for the room as it was.
    """
    if refusal is None:
        return {}
    typed = {name: value for name, value in request.form.items(multi=False) if name != "csrf_token"}
    if isinstance(refusal, RoomChanged):
        return {name: value for name, value in typed.items() if name.endswith("-reason")}
    return typed


def _settings() -> dict[str, Any]:
    suspects = request.form.get("suspects", "")
    if suspects not in set(Suspects):
        raise Invalid("Please choose one of the two.", field="suspects")
    return {
        "gather_minutes": _number("gather_minutes"),
        "checkout_seats": _number("checkout_seats"),
        "per_minute": _number("per_minute") if form_text("per_minute") else None,
        "suspects": suspects,
    }


def _number(name: str) -> int:
    text = form_text(name, limit=MAX_DIGITS * 2).replace(",", "").replace(" ", "")
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise Invalid("Please enter a whole number.", field=name)
    return int(text)
