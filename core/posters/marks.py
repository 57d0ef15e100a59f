"""SVG elements as text. Numbers are rounded so that the last bit of a sine cannot show."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

WIDTH = 1200
HEIGHT = 1500
Point = tuple[float, float]


def number(value: float) -> str:
    """At most one decimal, no '-0', no '.0'."""
    rounded = round(value + 1e-9, 1)
    whole = int(rounded)
    return str(whole) if rounded == whole else str(rounded)


def mark(name: str, /, inner: str = "", **attributes: float | str | None) -> str:
    """One element. Underscores in attribute names are hyphens; None leaves an attribute out."""
    written = "".join(
        f' {key.replace("_", "-")}="{value if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    return mark("rect", x=x, y=y, width=width, height=height, fill=fill)


def disc(x: float, y: float, radius: float, fill: str) -> str:
    return mark("circle", cx=x, cy=y, r=radius, fill=fill)


def ring(x: float, y: float, radius: float, stroke: str, width: float) -> str:
    return mark("circle", cx=x, cy=y, r=radius, fill="none", stroke=stroke, stroke_width=width)


def polygon(points: Iterable[Point], fill: str) -> str:
    return mark("path", d=outline(points), fill=fill)


def outline(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def circle_outline(x: float, y: float, radius: float) -> str:
    """A circle as path data, so that many can share one even-odd fill."""
    r, two = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {two} 0a{r} {r} 0 1 0-{two} 0"


def curve(points: list[Point]) -> str:
    """Path data of a soft line through the middles between points, from first to last."""
    (x, y), *rest = points
    written = [f"M{number(x)} {number(y)}"]
    for (x, y), (next_x, next_y) in pairwise(rest):
        middle = f"{number((x + next_x) / 2)} {number((y + next_y) / 2)}"
        written.append(f"Q{number(x)} {number(y)} {middle}")
    last_x, last_y = rest[-1]
    return "".join(written) + f"L{number(last_x)} {number(last_y)}"


def around(x: float, y: float, radius: float, degrees: float) -> Point:
    turn = math.radians(degrees)
    return x + radius * math.cos(turn), y + radius * math.sin(turn)


@dataclass
class Sheet:
    """What a composition paints on. `name` keeps ids apart when two posters share a page."""

    name: str
    marks: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)

    def add(self, *marks: str) -> None:
        self.marks.extend(marks)

    def define(self, element: str, inner: str = "", **attributes: float | str | None) -> str:
        """Put a gradient, pattern or clip into <defs>; returns 'url(#…)'."""
        identity = f"{self.name}-{len(self.definitions)}"
        self.definitions.append(mark(element, inner, id=identity, **attributes))
        return f"url(#{identity})"
