"""Concert halls: Swiss and Bauhaus geometry, strings, waves that meet."""

import math
from collections.abc import Callable

from core.posters.chance import Chance
from core.posters.marks import (
    HEIGHT,
    WIDTH,
    Sheet,
    circle_outline,
    disc,
    mark,
    number,
    rectangle,
)
from core.posters.palettes import Palette


def strings(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Strings in their harmonics, each drawn as the room it swings in."""
    sun_x, sun_y = chance.between(380, 820), chance.between(520, 760)
    sheet.add(disc(sun_x, sun_y, chance.between(300, 400), palette.a))
    gap = chance.pick((75, 100))
    paints = chance.shuffled((palette.ink, palette.b, palette.c, palette.ink))
    turned = []
    for index in range(1, round(1600 / gap)):
        harmonic = 1 + chance.below(5)
        swing = chance.between(0.7, 1.7) * gap
        paint = paints[index % len(paints)]
        turned.append(
            mark("path", d=_swing(index * gap - 200, swing, harmonic), fill=paint, fill_opacity=0.8)
        )
        turned.append(
            mark("path", d=f"M{index * gap - 200}-300v2100", stroke=palette.ink, stroke_width=2)
        )
    sheet.add(
        mark("g", "".join(turned), transform=f"rotate({chance.pick((-24, -12, 12, 24))} 600 750)")
    )


def _swing(x: float, swing: float, harmonic: int) -> str:
    """Both extremes of a standing wave on a string from y = -300 to 1800."""
    half = 2100 / harmonic
    down = "".join(
        f"q{number(swing * (-1) ** i)} {number(half / 2)} 0 {number(half)}" for i in range(harmonic)
    )
    up = "".join(
        f"q{number(swing * (-1) ** i)}-{number(half / 2)} 0-{number(half)}" for i in range(harmonic)
    )
    return f"M{number(x)}-300{down}{up}Z"


def arcs(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Rings whose width doubles outwards, each broken at a sixteenth of the turn."""
    x, y = chance.pick(((430, 800), (770, 700), (600, 760)))
    paints = chance.shuffled((palette.ink, palette.a, palette.b, palette.ink, palette.c))
    radius, width = 60.0, 14.0
    sheet.add(disc(x, y, 34, palette.a))
    for index in range(8):
        sixteenth = math.tau * radius / 16
        drawn = chance.pick((3, 4, 5, 6, 8))
        start = chance.below(16) * 22.5
        sheet.add(
            mark(
                "circle", cx=x, cy=y, r=radius, fill="none", stroke=paints[index % 5],
                stroke_width=width,
                stroke_dasharray=f"{number(drawn * sixteenth)} {number((16 - drawn) * sixteenth)}",
                transform=f"rotate({number(start)} {x} {y})",
            )
        )  # fmt: skip
        if index < 6:
            opposite = start + drawn * 22.5 + 45
            sheet.add(
                mark(
                    "circle", cx=x, cy=y, r=radius, fill="none", stroke=paints[(index + 2) % 5],
                    stroke_width=width,
                    stroke_dasharray=f"{number(2 * sixteenth)} {number(14 * sixteenth)}",
                    transform=f"rotate({number(opposite)} {x} {y})",
                )
            )  # fmt: skip
        radius += width * 1.5 + 18
        width *= 1.42


def interference(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Two stones in one pond: rings of two centres, filled where they disagree."""
    step = chance.pick((44, 52, 60))
    left = (chance.between(180, 420), chance.between(480, 720))
    right = (chance.between(760, 1040), chance.between(760, 1000))
    sheet.add(disc(*left, 420, palette.a), disc(*right, 380, palette.b))
    rings = "".join(
        circle_outline(*centre, radius)
        for centre in (left, right)
        for radius in range(step, 1500, step)
    )
    inside = sheet.define("clipPath", mark("circle", cx=600, cy=730, r=520))
    sheet.add(mark("path", d=rings, fill=palette.ink, fill_rule="evenodd", clip_path=inside))
    sheet.add(disc(*left, step * 0.5, palette.c))


def tiles(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """A grid of quarter notes: quarter circles, halves, dots and bars."""
    side = 300
    paints = (palette.ink, palette.a, palette.b, palette.c)
    shapes: tuple[Callable[[], str], ...] = (
        lambda: f"M0 0h{side}a{side} {side} 0 0 1-{side} {side}z",
        lambda: f"M0 0a150 150 0 0 1 0 {side}z M150 0a150 150 0 0 1 0 {side}z",
        lambda: circle_outline(150, 150, chance.pick((60, 110, 150))),
        lambda: "M0 0h300v60h-300zM0 120h300v60h-300zM0 240h300v60h-300z",
        lambda: circle_outline(150, 150, 150) + circle_outline(150, 150, 75),
        lambda: f"M0 0h{side}v{side}z",
    )
    for row in range(5):
        for column in range(4):
            back, front, dot = chance.shuffled((*paints, palette.ground, palette.ground))[:3]
            if back != palette.ground:
                sheet.add(rectangle(column * side, row * side, side, side, back))
            if front == back:
                continue
            turn = 90 * chance.below(4)
            sheet.add(
                mark(
                    "path", d=chance.pick(shapes)(), fill=front, fill_rule="evenodd",
                    transform=f"translate({column * side} {row * side})rotate({turn} 150 150)",
                )
            )  # fmt: skip
            if chance.below(5) == 0:
                sheet.add(disc(column * side + 150, row * side + 150, 36, dot))


def score(sheet: Sheet, chance: Chance, palette: Palette) -> None:
    """Bars that rise and fall like a fugue, and the moon above the organ."""
    sheet.add(
        disc(
            chance.between(330, 870), chance.between(430, 560), chance.between(210, 290), palette.a
        )
    )
    paints = chance.shuffled((palette.ink, palette.b, palette.ink, palette.c))
    count = chance.pick((16, 20, 24))
    width = WIDTH / count
    middle = chance.between(760, 860)
    voices = [(chance.between(0.5, 3), chance.between(0, 6.28), 130), (chance.between(3, 6), 1, 90)]
    for index in range(count):
        height = 320.0
        for frequency, phase, depth in voices:
            height += depth * _wave(index / count * frequency + phase / 6.28)
        top = middle - height * 0.9 + 90 * _wave(index / count + 0.25)
        sheet.add(
            mark(
                "rect", x=index * width + width * 0.14, y=top, width=width * 0.72,
                height=height * (1.1 + 0.6 * _wave(index / 7)) + 120, rx=width * 0.36,
                fill=paints[chance.below(4)],
            )
        )  # fmt: skip
    sheet.add(rectangle(0, HEIGHT - 330, WIDTH, 8, palette.ink))


def _wave(turns: float) -> float:
    """A sine by halves of parabolas: plain arithmetic, the same everywhere. Turns from 0 to 1."""
    turns %= 1.0
    half = turns * 2 if turns < 0.5 else turns * 2 - 1
    return 4 * half * (1 - half) * (1 if turns < 0.5 else -1)


COMPOSITIONS = (strings, arcs, interference, tiles, score)
