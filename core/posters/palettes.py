"""Colours that were chosen together. Six-digit hex only: they are written into SVG as they are."""

import re
from dataclasses import dataclass, fields

HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Palette:
    """Ground and ink carry the lettering, so they must contrast; a, b and c are the paint."""

    ground: str
    ink: str
    a: str
    b: str
    c: str

    def __post_init__(self) -> None:
        for field in fields(self):
            if not HEX.fullmatch(getattr(self, field.name)):
                raise ValueError(f"{field.name} is not a colour like #a1b2c3")

    @property
    def paints(self) -> tuple[str, str, str]:
        return (self.a, self.b, self.c)


PALETTES: dict[str, tuple[Palette, ...]] = {
    "concert": (
        Palette("#f2ead9", "#16181d", "#d8412f", "#1f4e79", "#e9a825"),
        Palette("#15233b", "#f4ecdc", "#f0653f", "#7fb3c8", "#f3c34d"),
        Palette("#ded9cc", "#1d1b1a", "#1c6e5c", "#e2583e", "#f2b8a0"),
        Palette("#6e1423", "#fbeee0", "#f0a202", "#d9b8a8", "#2a0a12"),
        Palette("#e8e4f0", "#1b1833", "#4b3fbf", "#f26b5b", "#f6c9b5"),
        Palette("#0f3d3e", "#f3efe2", "#e8a33d", "#8cc5b4", "#e2603c"),
    ),
    "club": (
        Palette("#0b0614", "#fff4fb", "#ff2e88", "#5b2bff", "#ffb000"),
        Palette("#04110f", "#ecfff7", "#00e5a8", "#0a5cff", "#d6ff3d"),
        Palette("#120b0a", "#fff3ea", "#ff5a1f", "#c4123e", "#ffd166"),
        Palette("#080a18", "#eef3ff", "#35c4ff", "#7a3cff", "#ff5fd2"),
        Palette("#0d0d0d", "#f6ffe0", "#c8ff2e", "#2f6b3a", "#f5f5f0"),
        Palette("#160316", "#fff0f2", "#ff6a5c", "#9b1dff", "#5ef0ff"),
    ),
    "arena": (
        Palette("#0a1f44", "#ffffff", "#ff4b33", "#1f6bff", "#ffd23f"),
        Palette("#f3f1ea", "#0c1420", "#e5202b", "#11408f", "#9fb4cc"),
        Palette("#06281e", "#f4fff6", "#19b36b", "#ffb81c", "#0e5a3f"),
        Palette("#1a0f2e", "#fbf7ff", "#ff7a00", "#6f3cff", "#ffe06b"),
        Palette("#e8391d", "#fff7ee", "#101820", "#ffc145", "#9e1b0c"),
        Palette("#0d1b24", "#eef8ff", "#35d0e0", "#2b5876", "#f5f749"),
    ),
}


def mixed(one: str, other: str, share: float) -> str:
    """The colour `share` (0 to 1) of the way from one to the other."""
    parts = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(x + (y - x) * share + 1e-9):02x}" for x, y in parts)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
