"""Contrast as WCAG 2.2 measures it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

import colorsys

TEXT_RATIO = 4.5
BLACK, WHITE = "#000000", "#ffffff"
STEPS = 50


def ratio(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white). Colours as '#rrggbb'."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(one: str, other: str, share: float) -> str:
    """The colour `share` (0 to 1) of the way from one to the other."""
    parts = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in parts)


def legible(colour: str, *grounds: str, at_least: float = TEXT_RATIO) -> str:
    """`colour`, made darker or lighter only as far as every ground needs; its hue stays.

    Raises ValueError if neither black nor white is legible on all of them.
    """
    red, green, blue = (channel / 255 for channel in channels(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    for end in sorted((BLACK, WHITE), key=lambda end: -min(ratio(end, g) for g in grounds)):
        for step in range(STEPS + 1):
            target = lightness + (luminance(end) - lightness) * step / STEPS
            tried = _hex(colorsys.hls_to_rgb(hue, target, saturation))
            if all(ratio(tried, ground) >= at_least for ground in grounds):
                return tried
    raise ValueError(f"nothing is legible on all of {', '.join(grounds)}")


def _hex(shares: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(share * 255):02x}" for share in shares)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
