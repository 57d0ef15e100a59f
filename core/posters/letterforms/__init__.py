"""Outlines of letters by style; README.md beside this says where they come from."""

import json
from functools import cache
from pathlib import Path

UNITS = 500
"""Units to the em, in both coordinates; y grows downwards from the baseline."""
Letters = dict[str, tuple[int, str]]


@cache
def of(style: str) -> Letters:
    """Letter → (advance, SVG path data)."""
    written = json.loads((Path(__file__).parent / f"{style}.json").read_text("utf-8"))
    return {letter: (advance, path) for letter, (advance, path) in written.items()}
