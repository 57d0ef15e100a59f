"""How long it takes, told honestly: what was said is kept, and only raised with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.waitingroom import NowServing
from storefront.waiting.wording import WHY

SLACK_SECONDS = 60
SLACK_SHARE = 0.25
"""An estimate that is off by less than this, or by less than SLACK_SECONDS, stands."""
LONGEST_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Told:
    """What somebody was told: until when it takes (Unix time), and why that is later than before.

    The script keeps the same in the browser; without it a page carries it in its address.
    """

    until: int
    reason: str | None = None

    def seconds_from(self, now: int) -> int:
        return max(0, self.until - now)


def read_told(arguments: Mapping[str, str], now: int) -> Told | None:
    """What an address says was told; None for what we cannot have told."""
    until, reason = arguments.get("until", ""), arguments.get("reason")
    if not until.isascii() or not until.isdecimal() or len(until) > 12:
        return None
    if abs(int(until) - now) > LONGEST_SECONDS:
        return None
    return Told(int(until), reason if reason in WHY else None)


def tell(before: Told | None, seconds: int | None, why: str | None, now: int) -> Told | None:
    """What to tell now. It rises only with a reason, and is not moved by what means nothing."""
    if seconds is None:
        return before
    until = now + seconds
    if before is None:
        return Told(until)
    slack = max(SLACK_SECONDS, SLACK_SHARE * (before.until - now))
    if until > before.until + slack:
        return Told(until, why or "")
    if until < before.until - slack:
        return Told(until)
    return before


def tell_of(serving: NowServing, number: int, before: Told | None, now: int) -> Told | None:
    return tell(before, serving.wait_seconds(number), serving.why, now)
