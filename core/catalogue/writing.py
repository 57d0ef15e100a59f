"""Writing shows and ticket types down."""

import re
import unicodedata
from typing import Any

import nh3
import sqlalchemy as sa

from core import events
from core.catalogue.models import LIFE, Show, ShowState, TicketType
from core.database import db
from core.errors import Invalid
from core.money import MAX_AMOUNT_MINOR, formatted, smallest_charge_minor
from core.moves import begin

ALLOWED_TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "a", "dl", "dt",
    "dd", "hr",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {"a": {"href"}}
MAX_TITLE_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 50_000
MAX_CAPACITY = 10_000_000
MAX_PER_ORDER = 100
MAX_PER_CUSTOMER = 1000
USUAL_PER_ORDER = 8
LONGEST_SLUG = 80


def slugified(text: str) -> str:
    """'Früh­lingsnacht: Trio!' → 'fruhlingsnacht-trio'."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "show"


def free_slug(title: str) -> str:
    """The title as a slug, with a number behind it if another show has it already."""
    wanted = slugified(title)
    taken = set(
        db.session.scalars(
            sa.select(Show.slug).where(Show.slug.startswith(wanted, autoescape=True))
        )
    )
    number = 2
    slug = wanted
    while slug in taken:
        slug = f"{wanted}-{number}"
        number += 1
    return slug


def cleaned(html: str) -> str:
    """Description as resellers may write it: a few tags, links to elsewhere, nothing that acts."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def add_show(*, title: str, description: str = "", slug: str | None = None, **facts: Any) -> Show:
    """Write a draft. `facts` are columns of Show. Raises Invalid."""
    title = title.strip()
    if not 1 <= len(title) <= MAX_TITLE_LENGTH:
        raise Invalid(f"A title has 1 to {MAX_TITLE_LENGTH} characters.", field="title")
    if len(description) > MAX_DESCRIPTION_LENGTH:
        raise Invalid("The description is too long.", field="description")
    if facts["off_sale_at"] <= facts["on_sale_at"]:
        raise Invalid("The sale must end after it begins.", field="off_sale_at")
    show = Show(
        title=title,
        slug=slug or free_slug(title),
        description_html=cleaned(description),
        state=ShowState.DRAFT,
        **facts,
    )
    db.session.add(show)
    db.session.flush()
    begin(LIFE, show.id, state=ShowState.DRAFT, reason="written down")
    return show


def add_ticket_type(
    show: Show,
    *,
    name: str,
    price_minor: int,
    capacity: int,
    per_order_limit: int | None = None,
    per_customer_limit: int | None = None,
    **facts: Any,
) -> TicketType:
    """Put a ticket type beside the others. `facts` are columns of TicketType. Raises Invalid.

    Without a `per_order_limit`, an order has USUAL_PER_ORDER, or as many as a customer may.
    """
    if not 0 <= price_minor <= MAX_AMOUNT_MINOR:
        raise Invalid("That price cannot be charged.", field="price_minor")
    if 0 < price_minor < smallest_charge_minor(show.currency):
        least = formatted(smallest_charge_minor(show.currency), show.currency)
        raise Invalid(f"A ticket is free, or costs at least {least}.", field="price_minor")
    if not 0 <= capacity <= MAX_CAPACITY:
        raise Invalid("That many tickets cannot be sold.", field="capacity")
    ticket_type = TicketType(
        show_id=show.id,
        name=name.strip(),
        price_minor=price_minor,
        capacity=capacity,
        per_order_limit=_per_order_limit(per_order_limit, per_customer_limit),
        per_customer_limit=per_customer_limit,
        **facts,
    )
    db.session.add(ticket_type)
    db.session.flush()
    events.record("ticket_type.added", ticket_type, show=show.reference, capacity=capacity)
    return ticket_type


def _per_order_limit(wanted: int | None, per_customer: int | None) -> int:
    """The limit of an order, once both limits are sensible together. Raises Invalid."""
    if per_customer is not None and not 1 <= per_customer <= MAX_PER_CUSTOMER:
        raise Invalid(
            f"The limit for one customer is 1 to {MAX_PER_CUSTOMER} tickets.",
            field="per_customer_limit",
        )
    most = per_customer or MAX_PER_ORDER
    if wanted is None:
        return min(USUAL_PER_ORDER, most)
    if not 1 <= wanted <= MAX_PER_ORDER:
        raise Invalid(
            f"The limit for one order is 1 to {MAX_PER_ORDER} tickets.", field="per_order_limit"
        )
    if wanted > most:
        raise Invalid(
            f"One order may have {wanted} tickets, but one customer only {per_customer} in all: "
            "please allow an order no more than that.",
            field="per_order_limit",
        )
    return wanted
