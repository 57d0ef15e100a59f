"""The course of simulated sales as a picture: SVG by hand, for light pages and dark ones."""

from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 940, 560
LEFT, TOP, PANEL_WIDTH, PANEL_HEIGHT = 76, 84, 370, 190
ACROSS, DOWN = 464, 250
TICKS = 4
BELOW = 22
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.page { fill: #ffffff } .head { font-size: 15px; font-weight: 600 } .soft { fill: #57606a }
.grid { stroke: #d0d7de; stroke-width: 1 } .line { fill: none; stroke-width: 2 }
.a { stroke: #0969da } .b { stroke: #bc4c00 } text.a { fill: #0969da; stroke: none }
text.b { fill: #bc4c00; stroke: none } .b { stroke-dasharray: 6 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .page { fill: #0d1117 } .soft { fill: #9198a1 } .grid { stroke: #3d444d }
  .a { stroke: #58a6ff } .b { stroke: #f0883e } text.a { fill: #58a6ff } text.b { fill: #f0883e }
}
"""
PANELS = (
    (("waiting", "people waiting"), ("serving", "called so far")),
    (("sold", "tickets sold"), ("seats", "seats in use at the checkout")),
)
"""From top to bottom: a field of the course and its name, twice."""


def drawn(sales: Sequence[dict[str, Any]]) -> str:
    """The picture of some sales, side by side, as findings.of tells them."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
            ' aria-labelledby="title desc">',
            f'<title id="title">{escape(_title(sales[0]["plan"]))}</title>',
            f'<desc id="desc">{escape(" ".join(map(_told, sales)))}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
            f'<text class="head" x="{LEFT - 60}" y="30">{escape(_title(sales[0]["plan"]))}</text>',
            *(_column(sale, LEFT + number * ACROSS) for number, sale in enumerate(sales)),
            "</svg>\n",
        ]
    )


def _title(plan: dict[str, Any]) -> str:
    return f"A simulated sale: {plan['arrivals']:,} people, {plan['tickets']:,} tickets"


def _told(sale: dict[str, Any]) -> str:
    found = sale["figures"]
    return (
        f"With {sale['plan']['payments_per_second']} payments a second"
        f" {found['waiting_most']:,.0f} people wait at most, half of the tickets are sold after"
        f" {found['half_sold_seconds'] / 60:.1f} minutes and 98 percent after"
        f" {found['last_of_98_percent_seconds'] / 60:.1f}; {found['seats_most']:,.0f} seats at the"
        " checkout are taken at most."
    )


def _column(sale: dict[str, Any], x: float) -> str:
    head = f"Stripe takes {sale['plan']['payments_per_second']} payments a second"
    panels = [
        _panel(sale["course"], lines, x, TOP + row * DOWN) for row, lines in enumerate(PANELS)
    ]
    return "\n".join([f'<text class="head" x="{x}" y="{TOP - 26}">{head}</text>', *panels])


def _panel(
    course: list[dict[str, Any]], lines: tuple[tuple[str, str], ...], x: float, y: float
) -> str:
    most = _round_above(max(each[name] for each in course for name, _ in lines))
    minutes = max(1.0, course[-1]["at"] / 60_000)
    drawn_here = [_grid(most, minutes, x, y)]
    for which, (name, label), along in zip("ab", lines, (0, 150), strict=True):
        points = " ".join(
            f"{x + PANEL_WIDTH * each['at'] / 60_000 / minutes:.1f},"
            f"{y + PANEL_HEIGHT * (1 - each[name] / most):.1f}"
            for each in course
        )
        drawn_here += [
            f'<polyline class="line {which}" points="{points}"/>',
            f'<text class="{which}" x="{x + along}" y="{y - 6}">{label}</text>',
        ]
    return "\n".join(drawn_here)


def _grid(most: float, minutes: float, x: float, y: float) -> str:
    parts = []
    for tick in range(TICKS + 1):
        height = y + PANEL_HEIGHT * (1 - tick / TICKS)
        parts += [
            f'<path class="grid" d="M{x} {height}h{PANEL_WIDTH}"/>',
            f'<text class="soft" x="{x - 8}" y="{height + 4}" text-anchor="end">'
            f"{most * tick / TICKS:,.0f}</text>",
        ]
    step = _round_above(minutes / 6)
    for tick in range(int(minutes / step) + 1):
        across = x + PANEL_WIDTH * tick * step / minutes
        parts.append(
            f'<text class="soft" x="{across:.1f}" y="{y + PANEL_HEIGHT + BELOW}"'
            f' text-anchor="middle">{tick * step:g}{" min" if not tick else ""}</text>'
        )
    return "\n".join(parts)


def _round_above(number: float) -> float:
    """1, 2, 4, 5 or 8 times a power of ten, not below it."""
    power = 1.0
    while power * 10 < number:
        power *= 10
    while power > number and power > 1e-3:
        power /= 10
    return next((power * each for each in (1, 2, 4, 5, 8, 10) if power * each >= number), power)
