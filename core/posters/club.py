"""Clubs: light in smoke, moiré, liquid bands, and the grain of a risograph."""

from core.posters.chance import Chance
from core.posters.marks import HEIGHT, WIDTH, Sheet, curve, disc, mark, number, rectangle
from core.posters.palettes import Palette, mixed

GRAIN_TILE = 180
GRAIN_DOTS = 150


def smoke(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Lamps that melt into each other, with one hard disc in front."""
    for paint in chance.shuffled((*palette.paints, palette.a, palette.b)):
        x, y = chance.between(50, 1150), chance.between(150, 1250)
        sheet.add(disc(x, y, chance.between(480, 800), _glow(sheet, paint)))
    x, y, radius = chance.between(420, 780), chance.between(580, 800), chance.between(230, 330)
    turn = chance.pick((0, 45, 90, 135))
    fill = sheet.define(
        "linearGradient",
        mark("stop", offset=0, stop_color=palette.c)
        + mark("stop", offset=0.5, stop_color=palette.a)
        + mark("stop", offset=1, stop_color=palette.b),
        gradientTransform=f"rotate({turn} .5 .5)",
    )
    sheet.add(disc(x, y, radius, fill))
    inside = sheet.define("clipPath", mark("circle", cx=x, cy=y, r=radius + 1))
    slits = "".join(
        mark("path", d=f"M0 {number(y + radius - 1.9 * gap * gap)}h1200v{22 - gap}H0z")
        for gap in range(1, 13)
    )
    sheet.add(mark("g", slits, fill=palette.ground, clip_path=inside))
    grain(sheet, chance, palette)


def tunnel(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Rounded frames that turn as they shrink: the way down the stairs."""
    near, far = chance.shuffled(palette.paints)[:2]
    turn, drift_x, drift_y = chance.between(3, 8), chance.between(-9, 9), chance.between(-9, 9)
    round_share = chance.pick((0.08, 0.28, 0.5))
    steps = 26
    sheet.add(rectangle(0, 0, WIDTH, HEIGHT, near))
    for step in range(steps):
        share = step / (steps - 1)
        side = 1750 * (1 - share) ** 1.25 + 40
        paint = palette.ground if step % 2 else mixed(near, far, share)
        sheet.add(
            mark(
                "rect", x=-side / 2, y=-side / 2, width=side, height=side, rx=side * round_share,
                fill=paint,
                transform=f"translate({number(600 + drift_x * step)} "
                f"{number(740 + drift_y * step)})rotate({number(turn * step)})",
            )
        )  # fmt: skip
    sheet.add(disc(600 + drift_x * 25, 740 + drift_y * 25, 44, palette.c))
    grain(sheet, chance, palette)


def moire(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Gratings at a few degrees to each other: the bars that appear are in nobody's drawing."""
    sheet.add(rectangle(0, 0, WIDTH, HEIGHT, palette.b))
    sheet.add(
        disc(chance.between(100, 1100), chance.between(100, 600), 900, _glow(sheet, palette.a))
    )
    pitch = chance.pick((18, 22, 26))
    bend = chance.between(90, 260)
    for turn, paint in ((0.0, palette.ground), (chance.between(3, 7), palette.ground)):
        lines = sheet.define(
            "pattern",
            mark("rect", width=pitch, height=pitch * 0.46, fill=paint),
            width=pitch, height=pitch, patternUnits="userSpaceOnUse",
            patternTransform=f"rotate({number(turn + 35)})",
        )  # fmt: skip
        sheet.add(rectangle(0, 0, WIDTH, HEIGHT, lines))
    x, y = chance.between(420, 780), chance.between(600, 780)
    rings = "".join(
        mark("circle", cx=x + bend * (1 - radius / 420) * 0.4, cy=y, r=radius)
        for radius in range(24, 420, 24)
    )
    sheet.add(disc(x, y, 430, palette.ground))
    sheet.add(mark("g", rings, fill="none", stroke=palette.c, stroke_width=11))
    grain(sheet, chance, palette)


def liquid(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Bands that flow over each other, from one colour into the next."""
    first, second, third = chance.shuffled(palette.paints)
    bands = 15
    knots = 8
    drift = [chance.between(-150, 150) for _ in range(knots + 1)]
    slope = chance.between(-260, 260)
    for band in range(bands):
        share = band / (bands - 1)
        paint = (
            mixed(first, second, share * 2) if share < 0.5 else mixed(second, third, share * 2 - 1)
        )
        if band % 5 == 4:
            paint = palette.ground
        drift = [drop + chance.between(-34, 34) for drop in drift]
        points = [
            (-60 + knot * 1320 / knots, -120 + band * 118 + drop + slope * (knot / knots - 0.5))
            for knot, drop in enumerate(drift)
        ]
        sheet.add(mark("path", d=f"{curve(points)}V1600H-60Z", fill=paint))
    grain(sheet, chance, palette)


def grain(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Dust of two sizes, as one repeated tile."""
    for paint, width, opacity in ((palette.ground, 2.4, 0.55), (palette.ink, 1.6, 0.4)):
        dots = "".join(
            f"M{chance.below(GRAIN_TILE)} {chance.below(GRAIN_TILE)}h.1" for _ in range(GRAIN_DOTS)
        )
        dust = sheet.define(
            "pattern",
            mark("path", d=dots, stroke=paint, stroke_width=width, stroke_linecap="round"),
            width=GRAIN_TILE, height=GRAIN_TILE, patternUnits="userSpaceOnUse",
            patternTransform=f"rotate({chance.below(90)})",
        )  # fmt: skip
        sheet.add(mark("rect", width=WIDTH, height=HEIGHT, fill=dust, opacity=opacity))


def _glow(sheet: Sheet, paint: str) -> str:
    return sheet.define(
        "radialGradient",
        mark("stop", offset=0, stop_color=paint)
        + mark("stop", offset=0.45, stop_color=paint, stop_opacity=0.62)
        + mark("stop", offset=1, stop_color=paint, stop_opacity=0),
    )


COMPOSITIONS = (smoke, tunnel, moire, liquid)
