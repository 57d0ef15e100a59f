# mypy: disable-error-code="no-untyped-call"
# WeasyPrint has no types.
"""HTML to PDF. The only importer of WeasyPrint: what it is given reaches no file and no network.

What happens otherwise: its advisories CVE-2025-68616, CVE-2026-49452 and CVE-2026-55073.
"""

from functools import lru_cache
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

FACES = Path(__file__).parents[1] / "web" / "static" / "vendor"
FACE_SCHEME = "face:"
STYLES = Path(__file__).parent / "templates" / "paper.css"
VARIANT = "pdf/ua-1"
"""Tagged, titled, in a stated language: readable by ear."""


class Forbidden(ValueError):
    """A document asked for something that is neither inline nor one of our faces."""


class OwnFetcher(URLFetcher):
    """Serves inline `data:` and the font files we ship as `face:<file name>`; refuses all else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(FACE_SCHEME):
            if not url.startswith("data:"):
                raise Forbidden(url[:200])
            inline: URLFetcherResponse = super().fetch(url, headers)
            return inline
        name = url.removeprefix(FACE_SCHEME)
        if name not in _faces():
            raise Forbidden(name[:200])
        return URLFetcherResponse(url, (FACES / name).read_bytes(), {"Content-Type": "font/woff2"})


@lru_cache(maxsize=1)
def _faces() -> frozenset[str]:
    return frozenset(file.name for file in FACES.glob("*.woff2"))


@lru_cache(maxsize=1)
def _type() -> tuple[FontConfiguration, CSS]:
    """Our faces and style sheet, read once a process."""
    fonts = FontConfiguration()
    css = CSS(string=STYLES.read_text(), font_config=fonts, url_fetcher=OwnFetcher())
    return fonts, css


def pdf(html: str) -> bytes:
    """Typeset a page of ours. Its style sheet is templates/paper.css."""
    fonts, css = _type()
    document: bytes = HTML(string=html, url_fetcher=OwnFetcher()).write_pdf(
        stylesheets=[css], font_config=fonts, pdf_variant=VARIANT
    )
    return document
