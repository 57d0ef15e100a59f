"""The wall between resellers: a schema and a role each, hosts that lead to them, cells.

A transaction sees the schema of the reseller that is bound, and nothing else.
"""

from core.tenancy.binding import bound_to, current, on_platform
from core.tenancy.hosts import Door, find_host, forget_hosts, home_host, reserved_host
from core.tenancy.models import Host, Reseller, ResellerState
from core.tenancy.opening import open_reseller
from core.tenancy.queries import (
    directory,
    everyone,
    find_by_id,
    find_by_reference,
    find_by_slug,
    hosts_of,
    ping,
)
from core.tenancy.reseller import Tenant

__all__ = [
    "Door",
    "Host",
    "Reseller",
    "ResellerState",
    "Tenant",
    "bound_to",
    "current",
    "directory",
    "everyone",
    "find_by_id",
    "find_by_reference",
    "find_by_slug",
    "find_host",
    "forget_hosts",
    "home_host",
    "hosts_of",
    "on_platform",
    "open_reseller",
    "ping",
    "reserved_host",
]
