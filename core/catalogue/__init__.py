"""Shows and their ticket types: what is on, and when it may be bought."""

from core.catalogue.availability import Availability, TypeState, availability
from core.catalogue.models import Show, ShowState, TicketType
from core.catalogue.offering import OfferedShow, OfferedType, Offers, find_offers
from core.catalogue.publishing import CannotPublish, publish
from core.catalogue.queries import (
    all_shows,
    count_shows,
    find_by_slug,
    get_any_show,
    get_show,
    published,
    published_after,
    ticket_types,
)
from core.catalogue.sale import Phase, phase_of
from core.catalogue.writing import add_show, add_ticket_type

__all__ = [
    "Availability",
    "CannotPublish",
    "OfferedShow",
    "OfferedType",
    "Offers",
    "Phase",
    "Show",
    "ShowState",
    "TicketType",
    "TypeState",
    "add_show",
    "add_ticket_type",
    "all_shows",
    "availability",
    "count_shows",
    "find_by_slug",
    "find_offers",
    "get_any_show",
    "get_show",
    "phase_of",
    "publish",
    "published",
    "published_after",
    "ticket_types",
]
