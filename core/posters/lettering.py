"""The title on a poster, as outlines where we have the letters, else as text of the reader's fonts.

It stands between the edge of the 16:9 crop and the edge of the square crop: either shows it whole
or not at all.
"""

import re
from html import escape

from core.posters import letterforms
from core.posters.marks import WIDTH, Sheet, mark, number

TITLE_CHARACTERS = 64
SUBTITLE_CHARACTERS = 60
OUTLINE_BYTES = 11_000
"""What the shapes of a title may weigh; a longer one is set as text."""
MARGIN = 84
TOP, BOTTOM = 1092, 1304
SUBTITLE_AT = 1404
SUBTITLE_SIZE = 40
SMALLEST = 40
ONE_LINE_EM = 6.2
"""A title wider than this is broken in two."""
EM_SHARE = 0.62
"""How wide a bold letter of an unknown font may be, in em; wider ones are squeezed."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FALLBACK_FACES = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif"
LARGEST = {"concert": 168, "club": 172, "arena": 236}
LEADING = {"concert": 1.0, "club": 0.96, "arena": 1.12}
CAP_SHARE = {"concert": 0.72, "club": 0.7, "arena": 0.88}


def plain(text: str, limit: int) -> str:
    """Text that XML can hold, on one line, cut at the limit with an ellipsis."""
    text = " ".join(NOT_XML.sub(" ", text).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def letter(sheet: Sheet, title: str, subtitle: str, *, style: str, ink: str) -> str:
    """Marks for both; nothing for an empty title."""
    title = plain(title.upper() if style == "arena" else title, TITLE_CHARACTERS)
    subtitle = plain(subtitle.upper() if style == "arena" else subtitle, SUBTITLE_CHARACTERS)
    if not title:
        return ""
    letters = letterforms.of(style)
    weight = sum(len(letters[c][1]) for c in set(title + subtitle) if c in letters)
    is_drawn = all(c in letters for c in title + subtitle) and weight <= OUTLINE_BYTES
    setter = Outlines(sheet, style) if is_drawn else Text()

    lines = _broken(title, setter)
    room = WIDTH - 2 * MARGIN
    widest = max(setter.width(line) for line in lines)
    tallest = (BOTTOM - TOP) / (CAP_SHARE[style] + (len(lines) - 1) * LEADING[style])
    size = max(SMALLEST, min(LARGEST[style], room / widest, tallest))
    step = size * LEADING[style]
    marks = [
        setter.line(line, BOTTOM - step * (len(lines) - 1 - row), size, room)
        for row, line in enumerate(lines)
    ]
    if subtitle:
        small = min(SUBTITLE_SIZE, room / setter.width(subtitle))
        marks.append(setter.line(subtitle, SUBTITLE_AT, small, room))
    return mark("g", "".join(marks), fill=ink)


class Outlines:
    """Sets a line from known letterforms; each shape is written once and used many times."""

    def __init__(self, sheet: Sheet, style: str) -> None:
        self._sheet = sheet
        self._letters = letterforms.of(style)
        self._shapes: dict[str, str] = {}

    def width(self, line: str) -> float:
        return sum(self._letters[c][0] for c in line) / letterforms.UNITS

    def line(self, line: str, y: float, size: float, room: float) -> str:
        scale = min(size, room / self.width(line)) / letterforms.UNITS
        at, marks = 0, []
        for character in line:
            advance, path = self._letters[character]
            if path:
                marks.append(mark("use", href=self._shape(character, path), x=at or None))
            at += advance
        place = f"translate({MARGIN} {number(y)})scale({scale:.4f})"
        return mark("g", "".join(marks), transform=place)

    def _shape(self, character: str, path: str) -> str:
        if character not in self._shapes:
            url = self._sheet.define("path", d=path)
            self._shapes[character] = url.removeprefix("url(").removesuffix(")")
        return self._shapes[character]


class Text:
    """Sets a line in whatever bold sans the reader has, squeezed if that is too wide."""

    def width(self, line: str) -> float:
        return len(line) * EM_SHARE

    def line(self, line: str, y: float, size: float, room: float) -> str:
        is_tight = self.width(line) * size > room * 0.9
        return mark(
            "text", escape(line), x=MARGIN, y=y, font_size=size, font_weight="800",
            font_family=FALLBACK_FACES,
            textLength=number(min(room, self.width(line) * size)) if is_tight else None,
            lengthAdjust="spacingAndGlyphs" if is_tight else None,
        )  # fmt: skip


def _broken(title: str, setter: Outlines | Text) -> list[str]:
    """One line for a short title, else the two most equal ones that words allow."""
    if setter.width(title) <= ONE_LINE_EM or " " not in title:
        return [title]
    gaps = [place for place, character in enumerate(title) if character == " "]
    pairs = [(title[:gap], title[gap + 1 :]) for gap in gaps]
    return list(min(pairs, key=lambda pair: max(setter.width(half) for half in pair)))
