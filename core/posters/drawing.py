"""Drawing a poster: choose a composition and a palette by the seed, paint, letter."""

import hashlib
from html import escape

from core.posters import arena, club, concert
from core.posters.chance import Chance
from core.posters.lettering import letter, plain
from core.posters.marks import HEIGHT, WIDTH, Sheet, mark, polygon, rectangle
from core.posters.palettes import PALETTES, Palette

MAX_BYTES = 25_000
COMPOSITIONS = {
    "concert": concert.COMPOSITIONS,
    "club": club.COMPOSITIONS,
    "arena": arena.COMPOSITIONS,
}
STYLES = tuple(COMPOSITIONS)


class UnknownStyleError(ValueError):
    """A style that is none of STYLES."""


def draw(
    seed: str,
    *,
    style: str,
    palette: Palette | None = None,
    title: str = "",
    subtitle: str = "",
    width: int = WIDTH,
    height: int = HEIGHT,
) -> str:
    """An SVG document, at most MAX_BYTES in UTF-8. Raises UnknownStyleError.

    `width` and `height` are in pixels; another shape than 4:5 crops the art around its middle.
    """
    if style not in COMPOSITIONS:
        raise UnknownStyleError(f"{style!r} is none of {', '.join(STYLES)}")
    palette = palette or _palette(seed, style)
    sheet = Sheet(
        name="p"
        + hashlib.sha256(f"{style}/{seed}".encode("utf-8", "backslashreplace")).hexdigest()[:8]
    )
    sheet.add(rectangle(0, 0, WIDTH, HEIGHT, palette.ground))
    chance = Chance(f"{style}/{seed}/art")
    chance.pick(COMPOSITIONS[style])(sheet, chance, palette)
    lettering = letter(sheet, title, subtitle, style=style, ink=palette.ink)
    if lettering:
        sheet.add(_field(sheet, style, palette), lettering)
    name = escape(plain(title, 120)) or "Poster"
    content = mark("title", name) + mark("defs", "".join(sheet.definitions)) + "".join(sheet.marks)
    return mark(
        "svg", content, xmlns="http://www.w3.org/2000/svg", width=str(width), height=str(height),
        viewBox=f"0 0 {WIDTH} {HEIGHT}", preserveAspectRatio="xMidYMid slice", role="img",
    )  # fmt: skip


def accent(seed: str, style: str) -> str:
    """The strongest paint of that poster, as '#rrggbb'. Raises UnknownStyleError."""
    if style not in COMPOSITIONS:
        raise UnknownStyleError(f"{style!r} is none of {', '.join(STYLES)}")
    return _palette(seed, style).a


def _palette(seed: str, style: str) -> Palette:
    return Chance(f"{style}/{seed}/palette").pick(PALETTES[style])


def _field(sheet: Sheet, style: str, palette: Palette) -> str:
    """Calm ground under the lettering, in the manner of the style."""
    if style == "concert":
        return rectangle(0, 1034, WIDTH, HEIGHT - 1034, palette.ground)
    if style == "arena":
        return polygon([(0, 1086), (WIDTH, 976), (WIDTH, HEIGHT), (0, HEIGHT)], palette.ground)
    fade = sheet.define(
        "linearGradient",
        mark("stop", offset=0, stop_color=palette.ground, stop_opacity=0)
        + mark("stop", offset=0.42, stop_color=palette.ground, stop_opacity=0.9)
        + mark("stop", offset=1, stop_color=palette.ground),
        x1="0", y1="0", x2="0", y2="1",
    )  # fmt: skip
    return rectangle(0, 850, WIDTH, HEIGHT - 850, fade)
