"""The waiting room of a show, as the API's resources need it."""

from core import catalogue, settings, tenancy, waitingroom
from core.tenancy import Tenant
from core.waitingroom import Room, RoomClosed


def get_room(show: str) -> Room:
    """The room of a show by its reference. Raises NotFound; RoomClosed if it never had one."""
    room = waitingroom.find_room(show)
    if room is None:
        catalogue.get_show(show)
        raise RoomClosed("Nobody needs to wait for this show: place the order.")
    return room


def storefront_url(tenant: Tenant, room: Room, page: str) -> str:
    """The public address of something about this room."""
    return f"{settings.load().origin(tenancy.home_host(tenant))}/shows/{room.slug}/{page}"
