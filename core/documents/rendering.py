"""Rendering an order's documents: HTML by Jinja, PDF by WeasyPrint."""

import base64
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core import posters
from core.documents.models import Kind
from core.documents.qr import qr_svg
from core.documents.sheets import Sheet
from core.documents.wording import LANGUAGE

TEMPLATES = Path(__file__).parent / "templates"
BAND_PIXELS = (840, 350)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["qr"] = lambda code: _image(qr_svg(code))
    environment.globals.update(language=LANGUAGE)
    return environment


def render(sheet: Sheet) -> dict[Kind, bytes]:
    """The PDFs of an order, by kind: tickets if any is valid, an invoice if it was paid.

    Slow (about 0.3 s for both, and 50 ms for each further ticket): for jobs, outside of any
    transaction.
    """
    # Late, because it takes 25 MB and most of a second: the web processes want the QR codes only.
    from core.documents import typesetting

    return {
        kind: typesetting.pdf(html(sheet, kind))
        for kind, wanted in (
            (Kind.TICKETS, sheet.tickets),
            (Kind.INVOICE, sheet.invoice_number),
        )
        if wanted
    }


def html(sheet: Sheet, kind: Kind) -> str:
    """The page that becomes the PDF."""
    return (
        _environment()
        .get_template(f"{kind}.html")
        .render(sheet=sheet, seller=sheet.seller, show=sheet.show, **_art(sheet))
    )


def _art(sheet: Sheet) -> dict[str, str]:
    """The band of poster art, and the colour that goes with it."""
    style = sheet.show.poster_style
    if style not in posters.STYLES:
        style = posters.STYLES[0]
    width, height = BAND_PIXELS
    svg = posters.draw(sheet.show.poster_seed, style=style, width=width, height=height)
    return {
        "style": style,
        "art": _image(svg),
        "accent": posters.accent(sheet.show.poster_seed, style),
    }


def _image(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
