"""From the Host header to a door: looked up exactly, and nothing else in the request counts."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core import settings
from core.remembering import Remembered
from core.tenancy import queries
from core.tenancy.reseller import Tenant

CACHE_SECONDS = 5.0
CACHE_LIMIT = 10_000
MAX_HOST_LENGTH = 253
HOST_HEADER = re.compile(r"([A-Za-z0-9.-]+?)\.?(:[0-9]{1,5})?")
"""A name, perhaps a trailing dot, perhaps a port: what follows a host in a URL is part of none."""


class Door(StrEnum):
    STOREFRONT = "storefront"
    DASHBOARD = "dashboard"
    CONSOLE = "console"
    API = "api"
    MAILBOX = "mailbox"
    FRONT = "front"
    """The platform's own host, without a subdomain."""


RESERVED = {
    "dashboard": Door.DASHBOARD,
    "admin": Door.CONSOLE,
    "api": Door.API,
    "mail": Door.MAILBOX,
}
NEVER_SLUGS = frozenset({*RESERVED, "www", "static", "status", "stripe", "webhooks"})


@dataclass(frozen=True)
class Entrance:
    """Where a host leads: a door, and for storefronts whose it is."""

    door: Door
    tenant: Tenant | None = None


def find_host(host_header: str) -> Entrance | None:
    """What this Host header leads to, or None for a host that is not ours. Cached for seconds.

    'Lindenhof.localhost.:8000' leads where 'lindenhof.localhost' does.
    """
    written = HOST_HEADER.fullmatch(host_header)
    if written is None or len(written[1]) > MAX_HOST_LENGTH:
        return None
    return _known.get(written[1].lower())


def _look_up(host: str) -> Entrance | None:
    base = settings.load().base_host
    if host == base:
        return Entrance(Door.FRONT)
    label, dot, rest = host.partition(".")
    if dot and rest == base:
        if label in RESERVED:
            return Entrance(RESERVED[label])
        tenant = queries.find_by_slug(label)
    else:
        tenant = queries.find_by_host(host)
    return Entrance(Door.STOREFRONT, tenant) if tenant else None


_known = Remembered(_look_up, seconds=CACHE_SECONDS, limit=CACHE_LIMIT)


def forget_hosts() -> None:
    """Look everything up afresh: after a host or reseller has changed, and between tests."""
    _known.forget()


def home_host(tenant: Tenant) -> str:
    """The host every reseller has: `<slug>.<base>`."""
    return f"{tenant.slug}.{settings.load().base_host}"


def reserved_host(door: Door) -> str:
    label = next(label for label, kept_for in RESERVED.items() if kept_for is door)
    return f"{label}.{settings.load().base_host}"
