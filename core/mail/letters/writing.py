"""Writing a letter from its folder of templates: subject.txt, letter.txt and letter.html."""

import re
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core import posters, settings, tenancy
from core.documents import Sheet
from core.errors import Refused
from core.mail.letter import Attachment, Letter

TEMPLATES = Path(__file__).parents[1] / "templates"
BLANK_LINES = re.compile(r"\n{3,}")


class NobodyToWriteTo(Refused):
    """The order has no address: it was placed through the API and never got one."""

    code = "no_address"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write(
    name: str, sheet: Sheet, *, attachments: tuple[Attachment, ...] = (), **facts: object
) -> Letter:
    """The letter of that name about this order. Raises NobodyToWriteTo."""
    if not sheet.customer_email:
        raise NobodyToWriteTo(f"Order {sheet.order_number} has no e-mail address.")
    words = {
        "sheet": sheet,
        "seller": sheet.seller,
        "show": sheet.show,
        "order_url": order_url(sheet.order_reference),
        "accent": _accent(sheet),
        **facts,
    }

    def written(file: str) -> str:
        return _environment().get_template(f"{name}/{file}").render(words).strip()

    return Letter(
        to=sheet.customer_email,
        to_name=sheet.customer_name,
        subject=" ".join(written("subject.txt").split()),
        html=written("letter.html") + "\n",
        text=BLANK_LINES.sub("\n\n", written("letter.txt")) + "\n",
        attachments=attachments,
    )


def order_url(reference: str) -> str:
    """The order's page at the bound reseller's own host."""
    host = tenancy.home_host(tenancy.current())
    return f"{settings.load().origin(host)}/orders/{reference}"


def _accent(sheet: Sheet) -> str:
    style = sheet.show.poster_style
    known = style if style in posters.STYLES else posters.STYLES[0]
    return posters.accent(sheet.show.poster_seed, known)
