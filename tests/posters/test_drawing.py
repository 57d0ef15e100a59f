"""A poster is art from a seed: always the same bytes, always well-formed, always small."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import posters

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg", "title", "use", "defs", "g", "path", "rect", "circle", "text", "stop",
    "linearGradient", "radialGradient", "pattern", "clipPath",
}  # fmt: skip
seeds = st.text(max_size=40)
styles = st.sampled_from(posters.STYLES)
titles = st.text(max_size=300) | st.sampled_from(
    [
        "</svg><script>alert(1)</script>",
        '"><image href="http://evil.example/"/>',
        "&amp;&#0;",
        "\x00",
    ]
)


def parsed(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document.encode())


@given(seeds, styles, titles, titles)
def test_any_title_gives_one_small_wellformed_document_of_known_elements(
    seed: str, style: str, title: str, subtitle: str
) -> None:
    document = posters.draw(seed, style=style, title=title, subtitle=subtitle)

    root = parsed(document)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    assert len(document.encode()) < posters.MAX_BYTES
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.get("href", "#").startswith("#")


@given(seeds, styles)
def test_the_same_seed_draws_the_same_bytes(seed: str, style: str) -> None:
    assert posters.draw(seed, style=style) == posters.draw(seed, style=style)


@pytest.mark.parametrize("style", posters.STYLES)
def test_another_process_draws_the_same_bytes(style: str) -> None:
    program = f"from core import posters; print(posters.draw('seed', style={style!r}), end='')"
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
    ).stdout

    assert elsewhere == posters.draw("seed", style=style)


@pytest.mark.parametrize("style", posters.STYLES)
def test_different_seeds_draw_different_art(style: str) -> None:
    drawn = {posters.draw(f"show-{count}", style=style) for count in range(30)}

    assert len(drawn) == 30


@pytest.mark.parametrize("style", posters.STYLES)
def test_every_composition_fits_and_points_nowhere_outside(style: str) -> None:
    for count in range(60):
        document = posters.draw(f"show-{count}", style=style, title="Ode & <Joy>")
        inside = document.replace("http://www.w3.org/2000/svg", "")
        assert len(document.encode()) < posters.MAX_BYTES
        assert "://" not in inside
        assert inside.count("url(") == inside.count("url(#")


def test_a_title_is_read_out_and_drawn_letter_by_letter() -> None:
    root = parsed(posters.draw("seed", style="concert", title="Lieder & <b>Bach</b>"))

    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "Lieder & <b>Bach</b>"
    assert len(list(root.iter(f"{SVG}use"))) == len("Lieder&<b>Bach</b>")


def test_letters_we_do_not_have_are_set_as_text() -> None:
    root = parsed(posters.draw("seed", style="club", title="Кино & <друзья>"))

    assert " ".join(text.text or "" for text in root.iter(f"{SVG}text")) == "Кино & <друзья>"


def test_an_own_palette_is_used_and_a_wrong_colour_refused() -> None:
    palette = posters.Palette("#000000", "#ffffff", "#112233", "#445566", "#778899")

    assert "#112233" in posters.draw("seed", style="club", palette=palette)
    with pytest.raises(ValueError, match="ground"):
        posters.Palette('red"/>', "#ffffff", "#112233", "#445566", "#778899")


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(posters.UnknownStyleError):
        posters.draw("seed", style="opera")
    with pytest.raises(posters.UnknownStyleError):
        posters.accent("seed", "opera")


def test_the_accent_is_a_colour_of_the_poster() -> None:
    assert posters.accent("seed", "arena") in {p.a for p in posters.PALETTES["arena"]}
