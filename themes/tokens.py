"""A reseller's choices, checked, and the style sheet they become.

The reseller picks one accent; the text colours on and beside it are computed for light and dark, so
that no choice can drop below WCAG AA.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from themes.contrast import BLACK, TEXT_RATIO, WHITE, legible, mixed, ratio

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
EDGE_RATIO = 3.0
"""WCAG 1.4.11: the border of a field against the page."""

SERIF = "'Instrument Serif','Instrument Serif Fallback',Georgia,serif"
GROTESQUE = "'Bricolage Grotesque','Bricolage Grotesque Fallback',var(--sans)"
CONDENSED = "Anton,'Anton Fallback',Impact,var(--sans)"
DISPLAY_FACES = {
    "sans": ("var(--sans)", "650", "-.03em", "none"),
    "serif": (SERIF, "400", "-.015em", "none"),
    "grotesque": (GROTESQUE, "750", "-.035em", "none"),
    "condensed": (CONDENSED, "400", "0", "uppercase"),
}
DISPLAY_FILES = {
    "serif": "instrument-serif-latin-400-normal.woff2",
    "grotesque": "bricolage-grotesque-latin-wght-normal.woff2",
    "condensed": "anton-latin-400-normal.woff2",
}
DISPLAY_SCALES = {"sans": "1", "serif": "1.12", "grotesque": "1", "condensed": ".94"}
RADII = {"sharp": ("2px", "2px"), "soft": ("14px", "10px"), "round": ("22px", "999px")}


class Tokens(BaseModel):
    """What a reseller may decide about its look. Nothing else reaches the style sheet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accent: Colour = "#1f3fd1"
    accent_ink: Colour | None = None
    """Text on the accent. Left out: black or white, whichever reads better."""
    tint: Colour = "#6b6459"
    """The hue that paper and lines lean to."""
    radius: Literal["sharp", "soft", "round"] = "soft"
    display: Literal["sans", "serif", "grotesque", "condensed"] = "sans"
    poster_style: Literal["concert", "club", "arena"] = "concert"

    @property
    def display_file(self) -> str | None:
        """The vendored font to preload for headlines; None where the text face serves."""
        return DISPLAY_FILES.get(self.display)

    @model_validator(mode="after")
    def _ink_is_legible(self) -> "Tokens":
        if self.accent_ink is not None and ratio(self.accent, self.accent_ink) < TEXT_RATIO:
            raise ValueError("accent_ink cannot be read on accent: choose colours further apart")
        return self


DEFAULT = Tokens()


def css(tokens: Tokens) -> str:
    """The custom properties of both schemes; about 1.5 KB."""
    face, weight, tracking, case = DISPLAY_FACES[tokens.display]
    radius, control_radius = RADII[tokens.radius]
    shape = {
        "--display": face, "--display-weight": weight, "--display-tracking": tracking,
        "--display-case": case, "--display-scale": DISPLAY_SCALES[tokens.display],
        "--radius": radius, "--radius-control": control_radius,
    }  # fmt: skip
    return (
        f":root{{{_written(shape | _light(tokens))}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_written(_dark(tokens))}}}}}\n"
    )


def _light(tokens: Tokens) -> dict[str, str]:
    paper = mixed(WHITE, tokens.tint, 0.035)
    sunken = mixed(WHITE, tokens.tint, 0.085)
    return _scheme(tokens, paper=paper, raised=WHITE, sunken=sunken, end=BLACK)


def _dark(tokens: Tokens) -> dict[str, str]:
    deep = mixed("#0e0e10", tokens.tint, 0.05)
    raised = mixed("#17171a", tokens.tint, 0.07)
    sunken = mixed("#202024", tokens.tint, 0.08)
    return _scheme(tokens, paper=deep, raised=raised, sunken=sunken, end=WHITE)


def _scheme(tokens: Tokens, *, paper: str, raised: str, sunken: str, end: str) -> dict[str, str]:
    grounds = (paper, raised, sunken)
    accent = legible(tokens.accent, paper, raised, at_least=EDGE_RATIO)
    ink = tokens.accent_ink
    if ink is None or ratio(ink, accent) < TEXT_RATIO:
        ink = max((WHITE, BLACK), key=lambda shade: ratio(shade, accent))
    away = BLACK if ink == WHITE else WHITE
    wash = mixed(raised, tokens.accent, 0.1)
    return {
        "--paper": paper,
        "--raised": raised,
        "--sunken": sunken,
        "--line": mixed(paper, mixed(tokens.tint, end, 0.35), 0.2),
        "--edge": legible(mixed(paper, tokens.tint, 0.6), *grounds, at_least=EDGE_RATIO),
        "--ink": mixed(end, tokens.tint, 0.1),
        "--soft": legible(mixed(paper, mixed(tokens.tint, end, 0.4), 0.75), *grounds, at_least=5.2),
        "--accent": accent,
        "--accent-ink": ink,
        "--accent-hover": mixed(accent, away, 0.14),
        "--accent-text": legible(tokens.accent, *grounds, wash),
        "--accent-wash": wash,
    }


def _written(properties: dict[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in properties.items())
