"""The title on a poster: plain text elements, fitted without knowing the fonts of the reader.

It stands between the edge of the square crop and the edge of the 16:9 crop: a crop shows it whole
or not at all.
"""

import re
from html import escape

from core.posters.marks import WIDTH, mark, number

TITLE_CHARACTERS = 64
SUBTITLE_CHARACTERS = 60
MAX_LINES = 2
MARGIN = 84
TOP, BOTTOM = 1120, 1335
SUBTITLE_AT = 1418
EM_SHARE = 0.62
"""How wide an average bold letter may be, in em; wider faces are squeezed by textLength."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

FACES = {
    "concert": "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif",
    "club": "'Arial Black','Helvetica Neue',Arial,'Liberation Sans',sans-serif",
    "arena": "Impact,'Arial Narrow','Helvetica Neue',Arial,'Liberation Sans',sans-serif",
}


def plain(text: str, limit: int) -> str:
    """Text that XML can hold, on one line, cut at the limit with an ellipsis."""
    text = " ".join(NOT_XML.sub(" ", text).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def letter(title: str, subtitle: str, *, style: str, ink: str) -> str:
    """<text> elements for both; nothing for an empty title."""
    title = plain(title.upper() if style == "arena" else title, TITLE_CHARACTERS)
    if not title:
        return ""
    lines = _broken(title)
    longest = max(len(line) for line in lines)
    room = WIDTH - 2 * MARGIN
    size = min((BOTTOM - TOP) / len(lines) * 0.92, 150, room / (longest * EM_SHARE))
    size = max(size, 40)
    step = size * 1.04
    first = BOTTOM - step * (len(lines) - 1) - size * 0.12
    texts = [_line(line, first + step * index, size, room) for index, line in enumerate(lines)]
    if subtitle := plain(subtitle, SUBTITLE_CHARACTERS):
        texts.append(_line(subtitle, SUBTITLE_AT, 40, room, weight="400"))
    return mark(
        "g", "".join(texts), fill=ink, font_family=FACES[style], font_weight="800",
        letter_spacing="-.01em",
    )  # fmt: skip


def _line(text: str, y: float, size: float, room: float, *, weight: str | None = None) -> str:
    is_tight = len(text) * size * EM_SHARE > room * 0.9
    return mark(
        "text", escape(text), x=MARGIN, y=y, font_size=size, font_weight=weight,
        textLength=number(min(room, len(text) * size * EM_SHARE)) if is_tight else None,
        lengthAdjust="spacingAndGlyphs" if is_tight else None,
    )  # fmt: skip


def _broken(title: str) -> list[str]:
    """One line for a short title, else the two most equal ones that words allow."""
    if len(title) <= 13 or " " not in title:
        return [title]
    gaps = [place for place, letter in enumerate(title) if letter == " "]
    middle = min(gaps, key=lambda place: abs(place - len(title) / 2))
    return [title[:middle], title[middle + 1 :]]
