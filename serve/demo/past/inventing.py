"""Who bought what, and when: drawn from a seed, until each ticket type has sold what it should."""

import random
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.catalogue import Show, TicketType
from serve.demo.world import Reseller

PARTY_SIZES = (1, 2, 2, 2, 3, 4)
SECOND_TYPE_SHARE = 0.12
LAPSED_SHARE = 0.06
"""Orders that were never paid for, for each one that was."""
API_SHARE = 0.2
FIRST_RUSH_SHARE = 0.35
RUSH_HOURS = 9
PAYING_SECONDS = (35, 420)
NIGHT_ENDS_AT = 8
QUIET = timedelta(hours=1)
"""Nothing is sold this shortly before the world begins."""


@dataclass(frozen=True)
class OnOffer:
    """A ticket type and how many of it were sold."""

    row: TicketType
    sold: int


@dataclass(frozen=True)
class Sale:
    """One order: paid at `ended_at`, or lapsed then."""

    show: Show
    lines: tuple[tuple[TicketType, int], ...]
    name: str
    email: str
    customer_id: int | None
    channel: str
    placed_at: datetime
    ended_at: datetime
    is_paid: bool


def invent(
    spec: Reseller, shows: Iterable[tuple[Show, list[OnOffer]]], *, customer_id: int, now: datetime
) -> list[Sale]:
    """All sales in the order in which they came to their end. The customer was at a past show."""
    dice = random.Random(spec.slug)  # noqa: S311  # the same world from the same seed
    buyers = _buyers(spec, dice)
    zone = ZoneInfo(spec.time_zone)
    sales: list[Sale] = []
    for show, on_offer in shows:
        was_there = customer_id if show.starts_at < now else None
        for lines in _parties(on_offer, dice):
            buyer = next(buyers)
            if was_there is not None:
                buyer = (spec.customer.name, spec.customer.email)
            placed_at = _moment(show, zone, dice, now)
            sales.append(_sale(show, lines, buyer, placed_at, dice, customer_id=was_there))
            was_there = None
            if dice.random() < LAPSED_SHARE:
                placed_at = _moment(show, zone, dice, now)
                sales.append(_lapsed(show, lines, next(buyers), placed_at))
    return sorted(sales, key=lambda sale: sale.ended_at)


def _parties(
    on_offer: list[OnOffer], dice: random.Random
) -> Iterator[tuple[tuple[TicketType, int], ...]]:
    left = {each.row.id: each.sold for each in on_offer}
    types = {each.row.id: each.row for each in on_offer}
    while any(left.values()):
        wanted = 2 if dice.random() < SECOND_TYPE_SHARE else 1
        chosen: dict[int, int] = {}
        for _ in range(wanted):
            open_types = [type_id for type_id, count in left.items() if count]
            if not open_types:
                break
            type_id = dice.choices(open_types, [left[each] for each in open_types])[0]
            room = types[type_id].per_order_limit - chosen.get(type_id, 0)
            count = min(dice.choice(PARTY_SIZES), left[type_id], room)
            chosen[type_id] = chosen.get(type_id, 0) + count
            left[type_id] -= count
        yield tuple((types[type_id], count) for type_id, count in chosen.items() if count)


def _moment(show: Show, zone: ZoneInfo, dice: random.Random, now: datetime) -> datetime:
    """Many in the first hours, the rest over the weeks, hardly anybody at night."""
    begin, end = show.on_sale_at, min(now - QUIET, show.off_sale_at)
    span_seconds = (end - begin).total_seconds()
    if dice.random() < FIRST_RUSH_SHARE:
        after_seconds = dice.expovariate(1 / (RUSH_HOURS * 3600))
    else:
        after_seconds = dice.random() * span_seconds
    moment = begin + timedelta(seconds=min(after_seconds, span_seconds))
    if moment.astimezone(zone).hour < NIGHT_ENDS_AT:
        moment -= timedelta(hours=NIGHT_ENDS_AT)  # the evening before
    return min(max(moment, begin + timedelta(seconds=dice.uniform(1, 600))), end)


def _sale(
    show: Show,
    lines: tuple[tuple[TicketType, int], ...],
    buyer: tuple[str, str],
    placed_at: datetime,
    dice: random.Random,
    *,
    customer_id: int | None,
) -> Sale:
    name, email = buyer
    return Sale(
        show=show,
        lines=lines,
        name=name,
        email=email,
        customer_id=customer_id,
        channel="api" if customer_id is None and dice.random() < API_SHARE else "storefront",
        placed_at=placed_at,
        ended_at=placed_at + timedelta(seconds=dice.uniform(*PAYING_SECONDS)),
        is_paid=True,
    )


def _lapsed(
    show: Show,
    lines: tuple[tuple[TicketType, int], ...],
    buyer: tuple[str, str],
    placed_at: datetime,
) -> Sale:
    return Sale(
        show=show,
        lines=lines,
        name=buyer[0],
        email=buyer[1],
        customer_id=None,
        channel="storefront",
        placed_at=placed_at,
        ended_at=placed_at + timedelta(seconds=show.hold_seconds),
        is_paid=False,
    )


def _buyers(spec: Reseller, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Names and addresses, none twice. Never those of buying.py: they have another host."""
    pairs = [(first, last) for first in spec.first_names for last in spec.last_names]
    dice.shuffle(pairs)
    turn = 1
    while True:
        for first, last in pairs:
            plain = unicodedata.normalize("NFKD", f"{first}.{last}".replace("ß", "ss"))
            address = plain.replace("ı", "i").encode("ascii", "ignore").decode().lower()
            yield f"{first} {last}", f"{address}{turn if turn > 1 else ''}@mail.example.org"
        turn += 1
