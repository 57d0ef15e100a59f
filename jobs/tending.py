"""Tending waiting rooms: once a second each; and opening one where very many come.

A clock of the relay's of its own, so that no line stands still because Stripe or an audit is slow.
"""

import time
from collections.abc import Callable

import sqlalchemy as sa
import structlog

from core import actors, catalogue, settings, tenancy, waitingroom
from core.database import transaction
from core.errors import Refused
from core.tenancy import Tenant
from core.waitingroom import Room, RoomState
from jobs import program

TICK_SECONDS = 1.0
LEAST_PAUSE_SECONDS = 0.1
DIRECTORY_SECONDS = 20.0
"""How old the list of resellers may be."""
LOOKED_AT_ONCE = 100
"""Resellers whose rooms are looked for in one tick, in turn."""
UNDER_LOAD = "very many people came at once"

log = structlog.get_logger()


class Tender:
    """Which rooms there are to tend, and where the next look for others begins."""

    def __init__(self) -> None:
        self._everyone: list[Tenant] = []
        self._asked_at = float("-inf")
        self._next = 0
        self._has_rooms: set[str] = set()
        """Schemas where a room was ready or open when we last looked."""
        self._crowded: dict[str, list[str]] = {}

    def tick(self) -> None:
        """One second's work. One reseller's trouble does not stop the others."""
        for tenant in self._to_visit():
            try:
                self._visit(tenant)
            except Exception:  # whatever it is, the next reseller must have its turn
                log.exception("waiting_room.untended", reseller=tenant.slug)

    def _to_visit(self) -> list[Tenant]:
        if time.monotonic() - self._asked_at > DIRECTORY_SECONDS:
            self._everyone, self._asked_at = tenancy.everyone(), time.monotonic()
        some = self._everyone[self._next : self._next + LOOKED_AT_ONCE]
        self._next += LOOKED_AT_ONCE
        if self._next >= len(self._everyone):
            self._next = 0
        self._crowded = {}
        for cell in {tenant.cell for tenant in self._everyone}:
            self._crowded |= _crowded(cell)
        wanted = {tenant.schema_name for tenant in some} | self._has_rooms | set(self._crowded)
        return [tenant for tenant in self._everyone if tenant.schema_name in wanted]

    def _visit(self, tenant: Tenant) -> None:
        with tenancy.bound_to(tenant), actors.acting_as("schedule"):
            for show in self._crowded.get(tenant.schema_name, []):
                _open(show)
            with transaction():
                found = waitingroom.fresh_rooms().values()
            living = [room for room in found if room.state != RoomState.CLOSED]
            if living:
                self._has_rooms.add(tenant.schema_name)
            else:
                self._has_rooms.discard(tenant.schema_name)
            for room in living:
                _tend(room, tenant)


def run(is_running: Callable[[], bool]) -> None:
    """Tend all rooms until told to stop."""
    tender = Tender()
    with program.application().app_context():
        while is_running():
            begun = time.monotonic()
            try:
                tender.tick()
            except Exception:  # a clock that stopped would be noticed by nobody
                log.exception("waiting_room.trouble")
            time.sleep(max(LEAST_PAUSE_SECONDS, TICK_SECONDS - (time.monotonic() - begun)))


def _tend(room: Room, tenant: Tenant) -> None:
    try:
        waitingroom.tend(room)
    except (Refused, sa.exc.SQLAlchemyError) as why:
        text = str(why).splitlines()[0]
        log.warning("waiting_room.untended", reseller=tenant.slug, show=room.show, why=text)


def _crowded(cell: str) -> dict[str, list[str]]:
    """Shows that more people come to than a show without a waiting room bears, by schema."""
    most = settings.load().waiting_room_opens_at
    crowded: dict[str, list[str]] = {}
    if most:
        for (schema, show), a_second in waitingroom.visits_by_show(cell).items():
            if a_second >= most:
                crowded.setdefault(schema, []).append(show)
    return crowded


def _open(show: str) -> None:
    try:
        with transaction():
            found = catalogue.get_show(show)
            if any(each.left or each.held for each in catalogue.ticket_types(found)):
                waitingroom.open_now(found, reason=UNDER_LOAD)
    except Refused as refusal:
        log.info("waiting_room.not_opened", show=show, why=str(refusal))
    except sa.exc.SQLAlchemyError as error:  # the lines that are open must move nevertheless
        log.warning("waiting_room.not_opened", show=show, why=str(error).splitlines()[0])
