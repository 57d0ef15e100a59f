"""The real line, driven by a virtual clock: its Redis, its scripts, its draw, its document.

The clock is the server's at the opening and runs faster from there, so no moment of the line's own
is ahead of it. Where a place stands by the real clock (PlaceState.EXPIRED) is not asked for.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime

from bench.simulation.checkout import Checkout
from bench.simulation.crowd import SECOND, Person
from bench.simulation.plans import Plan
from bench.simulation.promises import Promises
from core import waitingroom
from core.database import db
from core.redis import client
from core.waitingroom import NowServing, Place, Room, RoomPhase, drawing, index
from core.waitingroom.calling import Called, Payments, Supply, call, conversion, why_of
from core.waitingroom.identifying import key_of
from core.waitingroom.limits import LINGER_SECONDS, LOW
from core.waitingroom.opening import open_line
from core.waitingroom.places import people_ahead
from core.waitingroom.restoring import reserve

SCAN_COUNT = 1000


class Line:
    """A waiting room in which people gather, and what it was seen to do."""

    def __init__(self, room: Room, plan: Plan, promises: Promises) -> None:
        self.room = room
        self.fields: dict[str, str] = {}
        self.draw_seconds = 0.0
        self.join_seconds = 0.0
        self.joins = 0
        self._plan = plan
        self._promises = promises
        self._begins_ms = 0.0
        """The sale, by the clock of the Redis server."""
        self._serving: list[int] = []
        self._served_at: list[float] = []

    def join(self, who: Person, at: float) -> None:
        """Take a place; by arrival there is a number with it."""
        began = time.perf_counter()
        now_ms = 0 if who.has_gathered else self._ms(at)
        place = waitingroom.join(self.room, who.holder, now_ms=now_ms)
        self.join_seconds += time.perf_counter() - began
        db.session.rollback()  # as at the end of a request
        self.joins += 1
        who.place = place.id
        if place.number:
            who.number = place.number
            self._promises.given(place.number)

    def open(self, gathered: Iterable[Person]) -> None:
        """Hold the draw, and see that everybody has the number that follows from it."""
        began = time.perf_counter()
        open_line(self.room)
        self.draw_seconds = time.perf_counter() - began
        waitingroom.forget_rooms()
        room = waitingroom.find_room(self.room.show)
        assert room
        self.room = room
        self.fields = index.fields(room)
        self._begins_ms = int(self.fields["opened"]) - self.draw_seconds * SECOND
        self._check_draw(list(gathered))

    def call(self, checkout: Checkout, at: float) -> Called:
        """What somebody who tends the room does each second, with what is left in this model."""
        supply = Supply(
            held_orders=checkout.held_orders,
            seats=self._plan.seats,
            left=checkout.left,
            payments=Payments(float(self._plan.payments_per_second), checkout.backlog_seconds(at)),
            strain_ms=checkout.strain_ms(at),
        )
        called = call(self.room, supply, self.fields, now_ms=self._ms(at))
        self.fields = index.fields(self.room)
        if int(self.fields["reserved"]) - called.last < LOW:
            reserve(self.room)
        if called.count:
            self._serving.append(called.serving)
            self._served_at.append(at)
        self._promises.called(called.serving)
        return called

    def claim(self, who: Person, at: float) -> float | None:
        """Until when the pass is good; None if there is none now."""
        place: Place = waitingroom.claim(self.room, who.holder, now_ms=self._ms(at))
        self._promises.require(
            place.number == who.number, f"number {who.number} became {place.number}"
        )
        if place.pass_token is None or place.pass_expires_at is None:
            return None
        self._promises.admitted(who.number)
        return place.pass_expires_at.timestamp() * SECOND - self._begins_ms

    def spend(self, who: Person, at: float) -> None:
        """As waitingroom.spend, which asks for the real time."""
        key = key_of(who.holder, self.room.show_id)
        index.run(
            "spend",
            self.room,
            ["places", "passes", "lingering"],
            self._ms(at),
            key,
            0,
            LINGER_SECONDS * 1000,
        )

    def called_at(self, number: int) -> float | None:
        """When somebody with this number was called."""
        which = bisect_left(self._serving, number)
        return self._served_at[which] if number and which < len(self._serving) else None

    def document(self, checkout: Checkout, at: float) -> NowServing:
        """What everybody is shown (core/waitingroom/serving.py), with the stock of this model."""
        fields, room = self.fields, self.room
        serving, last = int(fields["serving"]), int(fields["last"])
        return NowServing(
            show=room.show,
            phase=RoomPhase.OPEN,
            at=datetime.fromtimestamp(self._ms(at) / 1000, UTC),
            gathers_at=room.gathers_at,
            opens_at=room.on_sale_at,
            closes_at=room.off_sale_at,
            epoch=fields["epoch"],
            serving=serving,
            last=last,
            waiting=people_ahead(last + 1, serving, room.gaps),
            gathered=int(fields["gathered"]),
            per_minute=float(fields["pace"]) * 60,
            why=why_of(fields["why"]),
            is_paused=False,
            is_interrupted=False,
            gaps=room.gaps,
            has_sold_out=not checkout.left and not checkout.held_tickets,
            is_all_held=not checkout.left and checkout.held_tickets > 0,
            may_return_at=None,
            currency=room.currency,
            commitment=room.commitment,
            is_drawn=True,
            tickets_left=checkout.left,
            conversion=conversion(fields),
        )

    def lingering(self) -> int:
        """Passes that have bought and are still counted, beside their orders."""
        return int(client(self.room.cell).zcard(self.room.key("lingering")))

    def memory_bytes(self) -> int:
        """What Redis keeps of this room."""
        server = client(self.room.cell)
        keys = [self.room.key(part) for part in ("", *index.PARTS)]
        return sum(int(server.memory_usage(key, samples=0) or 0) for key in keys)

    def _ms(self, at: float) -> int:
        return int(self._begins_ms + at)

    def _check_draw(self, gathered: list[Person]) -> None:
        """By what is published of it, against what the line believes."""
        show = self.room.show
        draw, listed = waitingroom.find_draw(show), waitingroom.draw_places(show)
        db.session.rollback()
        if not gathered:
            return
        assert draw
        assert listed
        seed = bytes.fromhex(draw.seed)
        require = self._promises.require
        require(drawing.commitment(seed) == draw.commitment, "the seed is not the promised one")
        drawn = drawing.order(seed, show, listed.split())
        numbers = {place: number for number, place in enumerate(drawn, start=1)}
        believed = dict(
            client(self.room.cell).hscan_iter(self.room.key("places"), count=SCAN_COUNT)
        )
        require(len(numbers) == len(gathered), f"{len(numbers)} of {len(gathered)} were drawn")
        for who in gathered:
            who.number = numbers.get(who.place, 0)
            entry = believed[key_of(who.holder, self.room.show_id)].split()
            require(
                who.number == int(entry[1]) > 0,
                f"drawn as number {who.number}, stands as {entry[1]}",
            )
