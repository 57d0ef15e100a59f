"""The waiting room of a show, as the API's resources need it."""

from core import catalogue, settings, tenancy, waitingroom
from core.tenancy import Door, Tenant
from core.waitingroom import Room, RoomClosed

NOBODY_WAITS = "Nobody waits in line for this show: an order needs no pass."


def get_room(show: str) -> Room:
    """The room of a show by its reference. Raises NotFound; RoomClosed if it never had one."""
    room = waitingroom.find_room(show)
    if room is None:
        catalogue.get_show(show)
        raise RoomClosed(NOBODY_WAITS)
    return room


def storefront_url(tenant: Tenant, slug: str, page: str) -> str:
    """The public address of something about the room of this show."""
    return f"{settings.load().origin(tenancy.home_host(tenant))}/shows/{slug}/{page}"


def api_url(path: str) -> str:
    """The public address of something of the API's own."""
    return settings.load().origin(tenancy.reserved_host(Door.API)) + path
