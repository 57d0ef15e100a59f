"""A sale from the first who gathers to the last who goes, and what is seen of it."""

import random
import time

from bench.simulation import crowd
from bench.simulation.agenda import Agenda, Life
from bench.simulation.checkout import Checkout, Order
from bench.simulation.crowd import MINUTE, SECOND, Fate, Person
from bench.simulation.line import Line
from bench.simulation.plans import Plan
from bench.simulation.promises import Promises
from bench.simulation.records import Moment, Sale
from core.waitingroom import NowServing, Room
from storefront.waiting.telling import Told, tell_of

JITTER = 0.2
NUMBERS_SECONDS = 8
"""Within which everybody gets its number once the draw was held, from what caches keep."""
NEAR, NEAR_SECONDS, SPREAD_SECONDS, LOOKS_A_SECOND = 1000, 5, 20, 400
"""Then the page is asked for: soon by who is near, by the others so that so many do in a second
(all of it as in storefront/static/waiting.js)."""
ASK_AGAIN_SECONDS = 8
"""Who is late, whether a seat is free (there too)."""
LOOK_AGAIN_SECONDS = 15
"""Who is inside and finds everything held."""
MOST_MS = 6 * 60 * MINUTE
WEIGH_EVERY = 60
"""Seconds."""


class Simulation:
    def __init__(self, room: Room, plan: Plan) -> None:
        promises = Promises(
            tickets=plan.tickets, seats=plan.seats, payments_per_second=plan.payments_per_second
        )
        self.sale = Sale(
            plan,
            Line(room, plan, promises),
            Checkout(plan, promises),
            promises,
            crowd.people(plan),
        )
        self.agenda = Agenda(-crowd.GATHER_MINUTES * MINUTE - 2)
        self.luck = random.Random(plan.seed + 1)
        self.doc: NowServing

    def run(self) -> Sale:
        began = time.perf_counter()
        sale, line, agenda = self.sale, self.sale.line, self.agenda
        gathered = [who for who in sale.people if who.has_gathered]
        for who in gathered:
            line.join(who, who.arrives_at)
        line.open(gathered)
        second = line.draw_seconds * SECOND
        agenda.run_until(0)
        for who in sale.people:
            self._expect(who, second)
        while len(agenda) and second < MOST_MS:
            agenda.run_until(second)
            self._tend()
            second += SECOND
        self._end()
        sale.seconds = time.perf_counter() - began
        return sale

    def _expect(self, who: Person, opened_at: float) -> None:
        if not who.has_gathered:
            self.agenda.begin(self._visit(who), max(who.arrives_at, opened_at))
        elif who.is_gone_before:
            self._leave(who, Fate.LEFT_EARLY)
        else:
            self.sale.waiting += 1
            sees = (1 + 4 * self.luck.random()) * (1 + who.has_hidden_page)
            knows_at = opened_at + (sees + NUMBERS_SECONDS * self.luck.random()) * SECOND
            self.agenda.begin(self._visit(who), knows_at)
            who.looks_at = knows_at + self._spread(who) * self.luck.random() * SECOND
            self.agenda.begin(self._look(), who.looks_at)

    def _tend(self) -> None:
        sale, at = self.sale, self.agenda.now
        called = sale.line.call(sale.checkout, at)
        self.doc = sale.line.document(sale.checkout, at)
        fields, checkout = sale.line.fields, sale.checkout
        unclaimed, passes = int(fields["unclaimed"]), int(fields["passes"])
        moment = Moment(
            at=at,
            waiting=sale.waiting,
            last=called.last,
            serving=called.serving,
            why=fields["why"],
            unclaimed=unclaimed,
            choosing=sale.choosing,
            gone=passes - sale.choosing,
            turns=sale.turns,
            paying=sale.paying,
            abandoned=checkout.held_orders - sale.turns - sale.paying,
            seats=unclaimed + passes + checkout.held_orders,
            lingering=sale.line.lingering(),
            sold=checkout.sold,
            held=checkout.held_tickets,
            left=checkout.left,
            payments=checkout.payments,
            per_minute=self.doc.per_minute,
            conversion=self.doc.conversion,
        )
        sale.promises.seats(moment.seats, at)
        if len(sale.moments) % WEIGH_EVERY == 0:
            weight = sale.line.memory_bytes()
            if weight > sale.bytes:
                sale.bytes, sale.places = weight, called.last
        sale.moments.append(moment)

    def _spread(self, who: Person) -> float:
        """Seconds within which somebody who was drawn asks for its page."""
        gathered = int(self.sale.line.fields["gathered"])
        return (
            NEAR_SECONDS if who.number <= NEAR else max(SPREAD_SECONDS, gathered / LOOKS_A_SECOND)
        )

    def _look(self) -> Life:
        self._ask()
        yield from ()

    def _visit(self, who: Person) -> Life:
        if not who.has_gathered:
            self._ask(who.arrives_at)
            self.sale.line.join(who, self.agenda.now)
            self.sale.waiting += 1
        yield from self._wait(who)
        self.sale.waiting -= 1
        if who.fate is Fate.UNDECIDED:
            yield from self._come_in(who)

    def _wait(self, who: Person) -> Life:
        told: Told | None = None
        while True:
            doc = self._poll()
            if who.number <= doc.serving:
                return
            told = self._tell(who, told)
            if fate := self._has_had_enough(who):
                self._leave(who, fate)
                return
            wait = doc.poll_seconds(who.number) * (2 if who.has_hidden_page else 1)
            yield self._around(wait)

    def _come_in(self, who: Person) -> Life:
        self._ask()  # the page says that it is called
        if who.is_never_back:
            self._leave(who, Fate.NEVER_CAME)
            return
        yield self.luck.random() * SECOND + who.notices_after
        who.noticed_at = self.agenda.now
        while (until := self._claimed(who)) is None:
            who.was_late = True
            if self.doc.has_sold_out:
                self._leave(who, Fate.TOO_LATE)
                return
            yield self._around(ASK_AGAIN_SECONDS)
        who.admitted_at = self.agenda.now
        if who.drops_out:
            self._leave(who, Fate.DROPPED_OUT)
            return
        self.sale.choosing += 1
        order: Order | None = None
        while order is None and who.fate is Fate.UNDECIDED:
            wait = who.chooses_for if self.sale.checkout.left else LOOK_AGAIN_SECONDS * SECOND
            is_over = self.agenda.now + wait >= until
            if self.sale.checkout.left:
                if is_over:
                    self._leave(who, Fate.DROPPED_OUT)
                    break
                yield wait
                order = self.sale.checkout.place(who.wants, self.agenda.now)
            elif is_over or not who.stays or self.doc.has_sold_out:
                self._leave(who, Fate.FOR_NOTHING)
            else:
                yield wait
        self.sale.choosing -= 1
        if order is not None:
            yield from self._buy(who, order)

    def _buy(self, who: Person, order: Order) -> Life:
        sale, agenda = self.sale, self.agenda
        self._ask()
        sale.line.spend(who, agenda.now)
        agenda.begin(self._hold(order), order.expires_at)
        sale.turns += 1
        yield order.turn_at - agenda.now
        sale.turns -= 1
        sale.checkout.begin_payment(agenda.now)
        if who.pays_after and order.is_held:
            sale.paying += 1
            yield min(who.pays_after, order.expires_at - agenda.now + 1)
            sale.paying -= 1
            if sale.checkout.pay(order):
                who.bought = order.tickets
        self._leave(who, Fate.BOUGHT if who.bought else Fate.NOT_PAID)

    def _hold(self, order: Order) -> Life:
        self.sale.checkout.expire(order)
        yield from ()

    def _poll(self) -> NowServing:
        second = int(self.agenda.now // SECOND)
        self.sale.polls[second] = self.sale.polls.get(second, 0) + 1
        return self.doc

    def _ask(self, at: float | None = None) -> None:
        """Now, or when somebody came while the draw was held."""
        second = int((self.agenda.now if at is None else at) // SECOND)
        self.sale.asked[second] = self.sale.asked.get(second, 0) + 1

    def _claimed(self, who: Person) -> float | None:
        self._ask()
        return self.sale.line.claim(who, self.agenda.now)

    def _tell(self, who: Person, before: Told | None) -> Told | None:
        if self.agenda.now < who.looks_at:
            return before
        now = int(self.agenda.now // SECOND)
        told = tell_of(self.doc, who.number, before, now)
        if told and not before:
            who.told_at, who.told_seconds = self.agenda.now, told.seconds_from(now)
            who.told_chance = self.doc.chance(who.number)
        elif told and before and told.until > before.until:
            who.rises += 1
        return told

    def _has_had_enough(self, who: Person) -> Fate | None:
        if self.doc.has_sold_out and self.luck.random() < crowd.LEAVE_IF_SOLD:
            return Fate.SOLD_OUT
        if self.agenda.now - max(0.0, who.arrives_at) > who.patience:
            return Fate.IMPATIENT
        if who.leaves_if_unlikely and self.doc.chance(who.number) == "unlikely":
            return Fate.DISCOURAGED
        return None

    def _leave(self, who: Person, fate: Fate) -> None:
        who.fate, who.left_at = fate, self.agenda.now

    def _around(self, seconds: float) -> float:
        return seconds * SECOND * (1 + JITTER * (2 * self.luck.random() - 1))

    def _end(self) -> None:
        sale, require = self.sale, self.sale.promises.require
        require(not len(self.agenda), f"not over after {MOST_MS / MINUTE:.0f} minutes")
        left = [who for who in sale.people if who.fate is Fate.UNDECIDED]
        require(not left, f"nobody knows what became of {len(left)} people")
        bought = sum(who.bought for who in sale.people)
        require(bought == sale.checkout.sold, f"{bought} bought, {sale.checkout.sold} sold")
        unserved = {Fate.SOLD_OUT, Fate.TOO_LATE, Fate.FOR_NOTHING}
        missed = sum(who.fate in unserved for who in sale.people)
        is_sold = sale.checkout.sold == sale.plan.tickets
        require(is_sold or not missed, f"{missed} found nothing left, but not all was sold")
