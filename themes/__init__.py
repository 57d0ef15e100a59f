"""What a storefront can look like: tokens in, custom properties out; a theme is never code."""

from themes.contrast import ratio
from themes.presets import PRESETS, preset
from themes.tokens import DEFAULT, Tokens, css

__all__ = ["DEFAULT", "PRESETS", "Tokens", "css", "preset", "ratio"]
