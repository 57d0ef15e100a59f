"""Poster art for shows that bring none: SVG drawn from a seed, the same bytes on every machine.

Art space is 1200 × 1500. The middle stays whole when a page crops it to 16:9 or 1:1.
"""

from core.posters.drawing import MAX_BYTES, STYLES, UnknownStyleError, accent, draw
from core.posters.palettes import PALETTES, Palette

__all__ = ["MAX_BYTES", "PALETTES", "STYLES", "Palette", "UnknownStyleError", "accent", "draw"]
