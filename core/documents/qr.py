"""QR codes as SVG, drawn by segno."""

import segno

QUIET_MODULES = 4
"""The white edge that scanners need (ISO/IEC 18004)."""
TITLE = "Ticket code"


def qr_svg(code: str, *, title: str = TITLE) -> str:
    """An `<svg class="qr">` to stand in a page: black on white always, as large as its box.

    Presentation attributes only, no style: a strict content security policy lets it through.
    """
    drawing = segno.make_qr(code, error="m", boost_error=False)
    svg: str = drawing.svg_inline(
        border=QUIET_MODULES,
        dark="#000",
        light="#fff",
        title=title,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
    )
    return svg.replace("<svg ", '<svg role="img" shape-rendering="crispEdges" ', 1)
