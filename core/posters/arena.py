"""Arenas: diagonals in motion, the lines of the court, halftone."""

from collections.abc import Callable

from core.posters.chance import Chance
from core.posters.marks import (
    HEIGHT,
    WIDTH,
    Sheet,
    around,
    circle_outline,
    disc,
    mark,
    number,
    outline,
    polygon,
    rectangle,
)
from core.posters.palettes import Palette, mixed

HALFTONE_PITCH = 34
HALFTONE_SIZES = 12


def lanes(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """A bend of the track seen from the roof."""
    x, y = chance.pick(((-160, 1250), (1360, 1180), (-100, 260)))
    lane = chance.pick((74, 92))
    inner, outer = chance.shuffled(palette.paints)[:2]
    rings = [
        mark(
            "circle", cx=x, cy=y, r=340 + lane * index,
            stroke=mixed(inner, outer, index / 11), stroke_width=lane - 8,
        )
        for index in range(12)
    ]  # fmt: skip
    sheet.add(mark("g", "".join(rings), fill="none"))
    start = chance.between(0, 40)
    ends = [
        (around(x, y, 300, start + turn), around(x, y, 1400, start + turn))
        for turn in (0, 90, 180, 270)
    ]
    marks_drawn = "".join(
        f"M{number(a[0])} {number(a[1])}L{number(b[0])} {number(b[1])}" for a, b in ends
    )
    sheet.add(mark("path", d=marks_drawn, stroke=palette.ink, stroke_width=10))
    sheet.add(_halftone(palette.ground, lambda _, py: py / HEIGHT if x < 0 else 1 - py / HEIGHT))


def ball(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """A ball in halftone, flying through bands that change colour where it passes."""
    lean = chance.pick((-1, 1))
    paints = chance.shuffled(palette.paints)
    bands = "".join(
        outline(
            (600 + lean * across, down)
            for across, down in (
                (left - 1100, 1600), (left + 100, -100),
                (left + width + 100, -100), (left + width - 1100, 1600),
            )
        )
        for left, width in ((-300, 150), (-60, 260), (320, 60), (450, 210), (900, 300))
    )  # fmt: skip
    x, y, radius = chance.between(480, 720), chance.between(640, 780), chance.between(330, 400)
    sheet.add(mark("path", d=bands, fill=paints[0]))
    inside = sheet.define("clipPath", mark("path", d=circle_outline(x, y, radius)))
    inner = disc(x, y, radius, paints[1]) + mark("path", d=bands, fill=paints[2])
    sheet.add(mark("g", inner, clip_path=inside))

    def shade(px: float, py: float) -> float:
        away = ((px - x + radius * 0.3) ** 2 + (py - y + radius * 0.35) ** 2) / (radius * 1.25) ** 2
        within = (px - x) ** 2 + (py - y) ** 2 < radius**2
        return away**1.2 if within else 0

    sheet.add(_halftone(palette.ground, shade))
    trail = sheet.define(
        "clipPath",
        mark(
            "path", d="M0 0H1200V1500H0Z" + circle_outline(x, y, radius + 26), clip_rule="evenodd"
        ),
    )
    streaks = "".join(
        mark(
            "path", stroke_width=chance.pick((6, 10, 22)),
            d=f"M{number(x - lean * 30)} {number(y + drop)}l{lean * -700} {900}",
        )
        for drop in range(-round(radius) - 120, round(radius), 74)
    )  # fmt: skip
    sheet.add(mark("g", mark("g", streaks, stroke=palette.ink, fill="none"), clip_path=trail))


def court(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Lines of a court, too big for the sheet, at an angle; fields in flat colour."""
    first, second, third = chance.shuffled(palette.paints)
    turn = chance.pick((-32, -22, 22, 32, 58))
    fields = (
        rectangle(-900, -900, 3000, 1650, first)
        + disc(600, 750, 330, second)
        + mark("path", d="M270 750a330 330 0 0 0 660 0z", fill=third)
        + rectangle(330, -760, 540, 560, second)
        + rectangle(330, 1700, 540, 560, first)
    )
    lines = (
        mark("path", d="M-900 750H2100M330-760V-200H870V-760M330 2260V1700H870V2260")
        + mark("circle", cx=600, cy=750, r=330)
        + mark("circle", cx=600, cy=750, r=110)
        + mark("path", d="M330-200a270 270 0 0 0 540 0M-180-760V-420a780 780 0 0 0 1560 0V-760")
        + mark("path", d="M330 1700a270 270 0 0 1 540 0M-180 2260V1920a780 780 0 0 1 1560 0V2260")
    )
    drawn = fields + mark("g", lines, fill="none", stroke=palette.ink, stroke_width=14)
    scale = chance.between(0.9, 1.2)
    sheet.add(
        mark(
            "g",
            drawn,
            transform=f"translate(600 750)rotate({turn})scale({scale:.2f})translate(-600 -750)",
        )
    )
    along = chance.pick((1, -1))
    sheet.add(
        _halftone(
            palette.ground,
            lambda px, py: 0.95 * ((px if along > 0 else WIDTH - px) / WIDTH) * (py / HEIGHT),
        )
    )


def rays(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Floodlights from one corner, and chevrons that run the other way."""
    x, y = chance.pick(((-80, -60), (1280, -60), (600, -200)))
    paints = chance.shuffled(palette.paints)
    beams = 22
    for index in range(beams):
        start = index * 360 / beams + chance.between(-2, 2)
        wedge = [(x, y), around(x, y, 2400, start), around(x, y, 2400, start + 180 / beams)]
        sheet.add(polygon(wedge, mixed(paints[0], palette.ground, 0.15 + 0.7 * (index % 3) / 3)))
    way = 1 if x < 600 else -1
    left = chance.between(80, 200) if way > 0 else chance.between(1000, 1120)
    for index in range(4):
        at = left + way * index * 215
        arrow = [
            (at, 330),
            (at + way * 130, 330),
            (at + way * 430, 740),
            (at + way * 130, 1150),
            (at, 1150),
            (at + way * 300, 740),
        ]
        sheet.add(polygon(arrow, (paints[1], palette.ink, paints[2], paints[1])[index]))
    sheet.add(
        _halftone(
            palette.ground,
            lambda px, py: max(0.0, py / HEIGHT - 0.3) * 1.25 * (0.5 + 0.5 * abs(px - x) / 1300),
        )
    )


def _halftone(paint: str, shade: Callable[[float, float], float]) -> str:
    """Dots on a slanted grid, as large as `shade` (0 to 1) says; one path for each size."""
    rows: dict[int, list[str]] = {}
    pitch = HALFTONE_PITCH
    for row in range(HEIGHT // pitch + 2):
        for column in range(WIDTH // (2 * pitch) + 2):
            x, y = column * 2 * pitch + (row % 2) * pitch, row * pitch
            size = min(HALFTONE_SIZES, round(shade(x, y) * HALFTONE_SIZES))
            if size > 0:
                rows.setdefault(size, []).append(f"M{x} {y}h0")
    dots = (
        mark("path", d="".join(places), stroke_width=size * pitch * 1.5 / HALFTONE_SIZES)
        for size, places in sorted(rows.items())
    )
    return mark("g", "".join(dots), stroke=paint, stroke_linecap="round")


COMPOSITIONS = (lanes, ball, court, rays)
