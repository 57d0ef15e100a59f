"""Whatever accent a reseller picks, the text on and beside it stays readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import themes

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")
PAIRS = (
    ("--ink", "--paper"), ("--ink", "--raised"), ("--ink", "--sunken"),
    ("--soft", "--paper"), ("--soft", "--raised"), ("--soft", "--sunken"),
    ("--accent-ink", "--accent"), ("--accent-ink", "--accent-hover"),
    ("--accent-text", "--paper"), ("--accent-text", "--raised"),
    ("--accent-text", "--sunken"), ("--accent-text", "--accent-wash"),
)  # fmt: skip


def schemes(tokens: themes.Tokens) -> list[dict[str, str]]:
    light, dark = themes.css(tokens).split("@media")
    found = [dict(re.findall(r"(--[a-z-]+):([^;}]+)", part)) for part in (light, dark)]
    assert all(len(scheme) >= 12 for scheme in found)
    return found


@given(accent=colours, tint=colours)
def test_every_pair_of_text_and_ground_passes_aa_in_both_schemes(accent: str, tint: str) -> None:
    for scheme in schemes(themes.Tokens(accent=accent, tint=tint)):
        for text, ground in PAIRS:
            assert themes.ratio(scheme[text], scheme[ground]) >= 4.5, (text, ground, scheme)
        assert themes.ratio(scheme["--edge"], scheme["--raised"]) >= 3
        assert themes.ratio(scheme["--accent"], scheme["--paper"]) >= 3


@pytest.mark.parametrize("name", themes.PRESETS)
def test_presets_pass_too(name: str) -> None:
    for scheme in schemes(themes.preset(name)):
        for text, ground in PAIRS:
            assert themes.ratio(scheme[text], scheme[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize(
    "wish",
    [
        {"accent": "red"},
        {"accent": "#fff;}body{display:none"},
        {"accent": "#12345g"},
        {"accent": "#123456\n"},
        {"display": "Comic Sans"},
        {"radius": "40px"},
        {"script": "alert(1)"},
        {"accent": "#777777", "accent_ink": "#888888"},
    ],
)
def test_anything_but_a_token_is_refused(wish: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        themes.Tokens.model_validate(wish)


def test_an_unknown_preset_is_the_default_look() -> None:
    assert themes.preset("nobody") == themes.DEFAULT
