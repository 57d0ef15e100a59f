"""What a sale amounted to: figures by name, a thinned course of it, what was broken."""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from bench.simulation.crowd import MINUTE, SECOND, Fate, Group, Person
from bench.simulation.records import Moment, Sale

DRAWN_IN = 10
"""Parts of equal size, of arrivals and of numbers, for chi-square."""
COURSE_POINTS = 240
AFTER = 1.25
"""How much longer the course is told than until 98 % are sold."""
RIGHT = 0.25
"""An estimate is right that is off by no more than this share of the wait."""
NEAR_SECONDS = 60.0
"""Or by no more than this."""


def of(sale: Sale) -> dict[str, Any]:
    """As JSON."""
    parts: list[Callable[[Sale], dict[str, float]]] = [
        _lengths, _speed, _waits, _fairness, _estimates, _seats, _load, _fates
    ]  # fmt: skip
    figures = {name: round(found, 4) for part in parts for name, found in part(sale).items()}
    return {
        "plan": asdict(sale.plan),
        "figures": figures,
        "problems": sale.promises.broken,
        "course": [asdict(each) for each in _thinned(_until_nearly_sold(sale))],
    }


def _lengths(sale: Sale) -> dict[str, float]:
    """How long each part takes, in seconds of the sale; what is real says so."""
    plan = sale.plan
    return {
        "draw_real_seconds": sale.line.draw_seconds,
        "draw_places": float(sum(who.has_gathered for who in sale.people)),
        "first_admitted_seconds": min(
            (who.admitted_at for who in sale.people if who.admitted_at is not None), default=0.0
        )
        / SECOND,
        "half_sold_seconds": _when(sale, lambda each: each.sold * 2 >= plan.tickets),
        "all_taken_seconds": _when(sale, lambda each: each.sold + each.held >= plan.tickets),
        "last_of_98_percent_seconds": _when(sale, lambda each: each.sold >= 0.98 * plan.tickets),
        "sold_out_seconds": _when(sale, lambda each: each.sold >= plan.tickets),
        "real_seconds": sale.seconds,
        "joins_per_real_second": sale.line.joins / sale.line.join_seconds,
    }


def _speed(sale: Sale) -> dict[str, float]:
    """How well the payment provider's budget is used, and how evenly people are called."""
    budget = sale.plan.payments_per_second
    until = _when(sale, lambda each: each.sold + each.held >= sale.plan.tickets)
    busy = [each for each in sale.moments if not until or each.at <= until * SECOND]
    called = [after.serving - before.serving for before, after in _pairs(busy)]
    paid = [after.payments - before.payments for before, after in _pairs(busy)]
    begun = next((index for index, count in enumerate(paid) if count), 0)
    used = paid[begun:]
    why = Counter(each.why for each in busy)
    figures = {
        "called": float(sale.moments[-1].serving),
        "orders": float(sale.checkout.orders),
        "payments": float(sale.checkout.payments),
        "called_per_second_mean": _mean(called),
        "called_per_second_max": float(max(called, default=0)),
        "seconds_without_a_call_share": _share([count == 0 for count in called]),
        "payments_of_budget_share": _mean(used) / budget,
        "payments_second_half_of_budget_share": _mean(used[len(used) // 2 :]) / budget,
        "longest_payment_wait_seconds": sale.checkout.most_wait_ms / SECOND,
        "conversion_at_end": busy[-1].conversion if busy else 0.0,
        "conversion_true": sale.checkout.orders / max(1, sale.moments[-1].serving),
    }
    return figures | {f"held_up_by_{name}_share": n / len(busy) for name, n in why.items() if name}


def _waits(sale: Sale) -> dict[str, float]:
    """From the opening, or from coming later, to being called; of those who came in."""
    figures: dict[str, float] = {}
    for group in Group:
        of_group = [who for who in sale.people if who.group == group]
        waits = [wait for who in of_group if (wait := _wait(sale, who)) is not None]
        figures |= {
            f"{group}_people": float(len(of_group)),
            f"{group}_called_share": _ratio(len(waits), len(of_group)),
            f"{group}_bought_share": _share([who.bought > 0 for who in of_group]),
            f"{group}_wait_p50_seconds": _percentile(waits, 0.5),
            f"{group}_wait_p95_seconds": _percentile(waits, 0.95),
        }
    notices = [
        who.noticed_at - called_at
        for who in sale.people
        if who.noticed_at is not None and (called_at := sale.line.called_at(who.number)) is not None
    ]
    late = [who.was_late for who in sale.people if who.noticed_at is not None]
    admitted = [
        who.admitted_at - who.noticed_at
        for who in sale.people
        if who.was_late and who.admitted_at is not None and who.noticed_at is not None
    ]
    return figures | {
        "notice_p50_seconds": _percentile(notices, 0.5) / SECOND,
        "notice_p95_seconds": _percentile(notices, 0.95) / SECOND,
        "late_had_to_wait": float(sum(late)),
        "late_wait_p95_seconds": _percentile(admitted, 0.95) / SECOND,
    }


def _fairness(sale: Sale) -> dict[str, float]:
    """Rank correlation of arrival and number: about 0 where they are drawn, 1 where not."""
    drawn = [who for who in sale.people if who.has_gathered and who.number]
    later = [who for who in sale.people if not who.has_gathered and who.number]
    return {
        "drawn_rank_correlation": _rank_correlation(drawn),
        "drawn_rank_correlation_99_percent_bound": 2.576 / math.sqrt(max(1, len(drawn))),
        "drawn_chi_square": _chi_square(drawn),
        "drawn_chi_square_99_percent_bound": _chi_square_bound((DRAWN_IN - 1) ** 2, 2.326),
        "later_rank_correlation": _rank_correlation(later),
    }


def _estimates(sale: Sale) -> dict[str, float]:
    """What people were told first, beside what became of it."""
    off, is_right, is_short = [], [], []
    for who in sale.people:
        called_at = sale.line.called_at(who.number)
        if who.told_seconds is None or called_at is None:
            continue
        wait = (called_at - who.told_at) / SECOND
        off.append(abs(who.told_seconds - wait))
        is_right.append(off[-1] <= max(RIGHT * wait, NEAR_SECONDS))
        is_short.append(who.told_seconds < wait)
    told = [who for who in sale.people if who.told_chance is not None]
    came_through = {Fate.BOUGHT, Fate.NOT_PAID, Fate.DROPPED_OUT, Fate.NEVER_CAME}
    gone = {Fate.IMPATIENT, Fate.DISCOURAGED, Fate.LEFT_EARLY}
    figures = {
        "estimates_told": float(len(off)),
        "estimate_off_p50_seconds": statistics.median(off) if off else 0.0,
        "estimate_right_share": _share(is_right),
        "estimate_too_short_share": _share(is_short),
        "estimate_raised_people_share": _share([who.rises > 0 for who in told]),
        "estimate_raises_most": float(max((who.rises for who in told), default=0)),
    }
    for chance in ("likely", "uncertain", "unlikely"):
        those = [who for who in told if who.told_chance == chance and who.fate not in gone]
        figures |= {
            f"told_{chance}_people": float(len(those)),
            f"told_{chance}_could_buy_share": _share([who.fate in came_through for who in those]),
        }
    sold_out = _when(sale, lambda each: each.sold >= sale.plan.tickets) * SECOND
    waited = [
        who.left_at - max(0.0, who.arrives_at)
        for who in sale.people
        if who.fate in {Fate.SOLD_OUT, Fate.TOO_LATE}
    ]
    hopeless = [who for who in sale.people if sold_out and who.arrives_at > sold_out]
    return figures | {
        "waited_for_nothing_people": float(len(waited)),
        "waited_for_nothing_p50_minutes": _percentile(waited, 0.5) / MINUTE,
        "came_after_sold_out_people": float(len(hopeless)),
    }


def _seats(sale: Sale) -> dict[str, float]:
    """What seats at the checkout are taken up with, while there are tickets."""
    until = _when(sale, lambda each: each.sold + each.held >= sale.plan.tickets)
    busy = [each for each in sale.moments if not until or each.at <= until * SECOND]
    total = sum(each.seats for each in busy) or 1
    kinds = ("unclaimed", "choosing", "gone", "turns", "paying", "abandoned")
    shares = {
        f"seats_{kind}_share": sum(getattr(each, kind) for each in busy) / total for kind in kinds
    }
    return shares | {
        "seats": float(sale.plan.seats),
        "stranded_ticket_minutes": _stranded(sale.moments),
        "seats_most": float(sale.promises.most_seats),
        "seats_mean": _mean([each.seats for each in busy]),
        "lingering_most": float(max((each.lingering for each in busy), default=0)),
    }


def _stranded(moments: list[Moment]) -> float:
    """Tickets that nobody inside chooses from while people wait and nobody is called, by time."""
    idle = [
        max(0, each.left - each.choosing - each.unclaimed)
        for before, each in _pairs(moments)
        if each.serving == before.serving and each.why == "stock" and each.waiting
    ]
    return sum(idle) * SECOND / MINUTE


def _load(sale: Sale) -> dict[str, float]:
    waiting = max(1, sum(each.waiting > 0 for each in sale.moments))
    return {
        "polls": float(sum(sale.polls.values())),
        "polls_per_second_max": float(max(sale.polls.values(), default=0)),
        "polls_to_origin_per_second": sum(map(bool, sale.polls.values())) / waiting,
        "own_requests": float(sum(sale.asked.values())),
        "own_requests_per_second_max": float(max(sale.asked.values(), default=0)),
        "redis_bytes": float(sale.bytes),
        "redis_bytes_per_place": _ratio(sale.bytes, sale.places),
        "waiting_most": float(max(each.waiting for each in sale.moments)),
    }


def _fates(sale: Sale) -> dict[str, float]:
    fates = Counter(who.fate for who in sale.people)
    figures = {f"people_{fate.name.lower()}": float(fates[fate]) for fate in Fate}
    return figures | {
        "tickets_sold": float(sale.checkout.sold),
        "orders_expired": float(sale.checkout.expired_orders),
    }


def _when(sale: Sale, is_so: Callable[[Moment], bool]) -> float:
    """Seconds after the opening at which it was so first; 0 if never."""
    return next((each.at / SECOND for each in sale.moments if is_so(each)), 0.0)


def _wait(sale: Sale, who: Person) -> float | None:
    called_at = sale.line.called_at(who.number)
    if called_at is None or who.noticed_at is None:
        return None
    return max(0.0, called_at - max(0.0, who.arrives_at)) / SECOND


def _until_nearly_sold(sale: Sale) -> list[Moment]:
    """And a little longer; what follows are the last holds that come back."""
    nearly = _when(sale, lambda each: each.sold >= 0.98 * sale.plan.tickets) * SECOND
    return [each for each in sale.moments if not nearly or each.at <= nearly * AFTER]


def _thinned(moments: list[Moment]) -> list[Moment]:
    step = max(1, len(moments) // COURSE_POINTS)
    return moments[::step]


def _pairs(moments: list[Moment]) -> list[tuple[Moment, Moment]]:
    return list(pairwise(moments))


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def _share(facts: Sequence[bool]) -> float:
    return _ratio(sum(facts), len(facts))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else 0.0


def _rank_correlation(people: list[Person]) -> float:
    """Spearman's, without ties."""
    count = len(people)
    if count < 2:
        return 0.0
    by_number = sorted(range(count), key=lambda which: people[which].number)
    apart = sum((rank - arrived) ** 2 for rank, arrived in enumerate(by_number))
    return 1 - 6 * apart / (count * (count**2 - 1))


def _chi_square(people: list[Person]) -> float:
    """Of arrival against number, each in parts of equal size."""
    count = len(people)
    if count < DRAWN_IN**2:
        return 0.0
    by_number = sorted(range(count), key=lambda which: people[which].number)
    cells = Counter(
        (rank * DRAWN_IN // count, arrived * DRAWN_IN // count)
        for rank, arrived in enumerate(by_number)
    )
    expected = count / DRAWN_IN**2
    every = [(row, column) for row in range(DRAWN_IN) for column in range(DRAWN_IN)]
    return sum((cells[each] - expected) ** 2 / expected for each in every)


def _chi_square_bound(freedom: int, normal: float) -> float:
    """Its quantile (Wilson and Hilferty, 1931)."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + normal * math.sqrt(part)) ** 3)
