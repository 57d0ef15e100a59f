"""What the content security policy and the house ask of every template and vendored file."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path
    for folder in ("storefront/templates", "core/web/templates")
    for path in (ROOT / folder).rglob("*.html")
)
STATIC = [
    *(ROOT / "storefront/static").glob("*.*"),
    *(ROOT / "core/web/static").glob("*.*"),
    *(ROOT / "themes").rglob("*.css"),
]
VENDORED = [ROOT / "core/web/static/vendor", ROOT / "tests/journeys/vendor"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_carries_no_inline_code_and_reaches_no_other_host(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_says_first_what_it_is(template: Path) -> None:
    first = template.read_text().partition("#}")[0]

    assert first.startswith("{# ")
    if template.name.startswith("_") and template.name != "_parts.html":
        assert "Expects" in first


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_unsafe_form_carries_the_csrf_token(path: Path) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL):
        assert "csrf" in form


@pytest.mark.parametrize("path", STATIC, ids=named)
def test_a_static_file_reaches_no_other_host(path: Path) -> None:
    assert "://" not in path.read_text().replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("folder", VENDORED, ids=named)
def test_vendored_files_are_the_ones_that_were_noted(folder: Path) -> None:
    noted = dict(re.findall(r"\| (\S+) \| `([0-9a-f]{64})`", (folder / "VENDORED.md").read_text()))
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix in {".js", ".woff2"}
    }

    assert there == noted
