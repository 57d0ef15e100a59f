"""The life of stock, its first part: holding, letting go, running out of time."""

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core import audit, boxoffice, catalogue, orders, tenancy
from core.boxoffice import SoldOut
from core.database import db, transaction
from core.errors import Refused
from core.fees import Plan
from core.tickets import Ticket
from tests import world
from tests.boxoffice import buying, model

T = TypeVar("T")
PLAN = Plan("fee_x", 250, 49, 49, 995, 100)
PRICES, LIMITS = (2500, 9900, 995), (8, 4, 8)
MOST_OF_A_TYPE = 12
MOST_IN_A_CART = 8
CARTS = st.dictionaries(st.integers(0, 2), st.integers(1, MOST_IN_A_CART), min_size=1).filter(
    lambda cart: sum(cart.values()) <= MOST_IN_A_CART
)
PICKS = st.integers(0, 999)
"""Which of those there are; see `chosen`."""
SELDOM = 5
"""One pick in so many does not ask whether it makes sense."""

outcomes: Counter[str] = Counter()
"""What came of it, over a whole run: one that never met a late payment proves little."""


def outcome_of(act: Callable[[], object]) -> str:
    """What `act` answers, or the name of its refusal."""
    try:
        return str(act())
    except Refused as refusal:
        return type(refusal).__name__


def chosen(things: Sequence[T], number: int, is_likely: Callable[[T], bool]) -> T:
    """Mostly one with which something can be done, now and then any."""
    likely = [each for each in things if is_likely(each)] if number % SELDOM else []
    among = likely or things
    return among[number // SELDOM % len(among)]


def given(what: str, *states: str) -> Any:
    """For rules that make sense only where such a thing is there, in one of these states."""

    def is_there(life: Any) -> bool:
        return any(not states or each.state in states for each in getattr(life, what))

    return precondition(is_there)


@dataclass(frozen=True)
class Stub:
    """One of an order's tickets: its place in the model, its id in the database."""

    kind: int
    n: int
    id: int


class Holding(RuleBasedStateMachine):
    """Each rule asks the model what ought to come of it, then does it to a reseller of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = contextlib.ExitStack()
        self.inside.enter_context(tenancy.bound_to(world.open_reseller()))
        self.references: list[str] = []
        """Of the model's orders."""

    def teardown(self) -> None:
        with self.inside:
            assert audit.look() == []

    @initialize(
        capacities=st.tuples(*[st.integers(1, MOST_OF_A_TYPE)] * 3),
        first=st.lists(CARTS, min_size=1, max_size=4),
    )
    def open(self, capacities: tuple[int, ...], first: list[model.Cart]) -> None:
        facts = list(zip("ABC", PRICES, capacities, LIMITS, strict=True))
        self.office = model.BoxOffice([model.TicketType(*each) for each in facts])
        show = world.add_show(is_published=False)
        with transaction():
            types = [
                world.add_type(show, name=n, price_minor=p, capacity=c, per_order_limit=limit)
                for n, p, c, limit in facts
            ]
            catalogue.publish(show)
            self.show, self.types = show.reference, [each.reference for each in types]
            self.type_ids = [each.id for each in types]
        for cart in first:
            self.hold_(cart)

    @property
    def orders(self) -> list[model.Order]:
        return self.office.orders

    def expect(self, predicted: str, act: Callable[[], object]) -> None:
        found = outcome_of(act)
        assert found == predicted
        outcomes[found] += 1

    def order(self, number: int, *likely: str) -> tuple[model.Order, str]:
        """An order, likely in one of these states, and its reference."""
        order = chosen(self.office.orders, number, lambda each: each.state in likely)
        return order, self.reference_of(order)

    def reference_of(self, order: model.Order) -> str:
        return self.references[self.office.orders.index(order)]

    def ticket(self, number: int, *likely: str) -> tuple[model.Order, str, Stub]:
        """An order, likely in one of these states, its reference, and one of its tickets."""
        order, reference = self.order(number, *likely)
        places = [(kind, n) for kind, states in order.tickets.items() for n in range(len(states))]
        kind, n = places[number % len(places)]
        with transaction():
            of_the_type = sa.select(Ticket.id).where(
                Ticket.order_id == orders.get_by_reference(reference).id,
                Ticket.ticket_type_id == self.type_ids[kind],
            )
            return (
                order,
                reference,
                Stub(kind, n, db.session.scalars(of_the_type.order_by(Ticket.id)).all()[n]),
            )

    @rule(cart=CARTS)
    def hold(self, cart: model.Cart) -> None:
        self.hold_(cart)

    def hold_(self, cart: model.Cart) -> None:
        left = {kind: self.office.left(kind) for kind in cart}
        told: list[int] = []

        def place() -> str:
            try:
                wanted = {self.types[kind]: count for kind, count in cart.items()}
                self.references.append(buying.hold(self.show, wanted, PLAN))
            except SoldOut as refusal:
                told.append(refusal.left)
                raise
            return "held"

        self.expect(self.office.hold(cart), place)
        assert set(told) <= {left[kind] for kind, count in cart.items() if left[kind] < count}

    @given("orders", "held")
    @rule(number=PICKS)
    def cancel(self, number: int) -> None:
        order, reference = self.order(number, "held")

        def let_go() -> str:
            orders.cancel(orders.get_by_reference(reference), reason="by the customer")
            return "cancelled"

        self.expect(self.office.cancel(order), lambda: boxoffice.at_the_till(let_go))

    @given("orders", "held")
    @rule(number=PICKS, seconds=st.sampled_from([1, 600, 3000]))
    def extend(self, number: int, seconds: int) -> None:
        order, reference = self.order(number, "held")

        def give_more_time() -> str:
            with transaction():
                found = orders.get_by_reference(reference)
                orders.extend(found, seconds=seconds, reason="by the house")
            return "extended"

        self.expect(self.office.extend(order, seconds), give_more_time)

    @given("orders", "held")
    @rule(number=PICKS, is_swept=st.booleans())
    def run_out_of_time(self, number: int, is_swept: bool) -> None:
        """An order's time is over; the sweeper, which only tidies, comes by or does not."""
        order, reference = self.order(number, "held")
        order.is_over = True
        with transaction():
            stored = orders.get_by_reference(reference)
            stored.expires_at = stored.placed_at
        if is_swept:
            swept = self.office.sweep()
            assert boxoffice.at_the_till(orders.expire_overdue) == swept
