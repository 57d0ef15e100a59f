"""The QR code stands in pages that forbid inline styles, and is found by ear."""

from xml.etree import ElementTree

import segno

from core.documents import qr_svg
from tests.documents.sample import CODE

SVG = "{http://www.w3.org/2000/svg}"


def test_a_code_is_an_image_with_a_title_and_without_styles_or_scripts() -> None:
    svg = qr_svg(CODE, title="Ticket <1> & 2")

    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.findtext("title") == "Ticket <1> & 2" or (
        root.findtext(f"{SVG}title") == "Ticket <1> & 2"
    )
    for element in root.iter():
        assert "style" not in element.attrib
        assert element.tag.removeprefix(SVG) in {"svg", "title", "path"}


def test_a_code_is_small_enough_to_scan_from_a_scratched_screen() -> None:
    drawn = segno.make_qr(CODE, error="m", boost_error=False)

    assert drawn.mode == "alphanumeric"
    assert drawn.version <= 8
