"""A busy house: an order at every turn that today's code can take."""

from core import boxoffice, orders, payments, tickets
from core.catalogue import Show, TicketType, ticket_types
from core.database import transaction
from core.fees import Plan
from core.idempotency import Answer, RequestKey
from core.orders import Once, Order, Wanted, Wish
from core.payments import PaymentState, Refund
from core.payments.stripe_gateway import ProviderRefund
from core.tenancy import current
from core.tickets import code_of
from tests import world
from tests.waitingroom import line

PLAN = Plan("fee_x", 250, 49, 49, 995, 100)


class House:
    """Of the bound reseller: a big show, a small one, and what happened to their tickets."""

    def __init__(self) -> None:
        self.big = world.add_show(title="Big")
        self.small = world.add_show(title="Small")
        with transaction():
            big, small = self._type(self.big), self._type(self.small)
            big.capacity, small.capacity = 500, 2
            world.add_type(self.big, name="Free", price_minor=0, capacity=50)

    def _type(self, show: Show) -> TicketType:
        return ticket_types(show)[0]

    def place(self, show: Show | None = None, quantity: int = 2, **facts: object) -> Order:
        return world.place(show or self.big, quantity, plan=PLAN, **facts)

    def settle(self, payment: payments.Payment, status: str = "succeeded", **facts: object) -> str:
        intent = world.intent_for(payment, status, **facts)
        return boxoffice.at_the_till(lambda: payments.settle(intent))

    def paid(self, show: Show | None = None, quantity: int = 2, **facts: object) -> Order:
        order = self.place(show, quantity)
        assert self.settle(world.open_payment(order), **facts) == "paid"
        return orders.get(order.id)

    def lapsed(self, show: Show | None = None) -> tuple[Order, payments.Payment]:
        """An expired order, and its payment that is still open."""
        order = self.place(show)
        payment = world.open_payment(order)
        with transaction():
            order.expires_at = order.placed_at
        boxoffice.at_the_till(orders.expire_overdue)
        return orders.get(order.id), payment

    def refund(self, order: Order, count: int) -> Refund:
        """Ask for so many tickets' money back."""
        order_id = order.id

        def ask() -> int:
            given = [each for each in tickets.of_order(order_id) if each.state != "void"][:count]
            return payments.refund_tickets(orders.get(order_id), given, reason="ill").id

        refund_id = boxoffice.at_the_till(ask)
        return next(each for each in payments.refunds_of(order) if each.id == refund_id)

    def told(self, refund: Refund, status: str) -> None:
        """Stripe tells of a refund."""
        refund_id = refund.id
        failure = "lost_or_stolen_card" if status == "failed" else None
        given = ProviderRefund(f"re_{refund_id}", status, refund.amount_minor, failure)
        boxoffice.at_the_till(lambda: payments.refunding.settle_refund(refund_id, given))

    def let_in(self, order: Order) -> None:
        with transaction():
            ticket = tickets.of_order(order.id)[0]
            tickets.check_in(code_of(current().reference, ticket.reference, ticket.version))

    def live(self) -> None:
        """Let everything happen."""
        self.holds()
        self.sales()
        self.late_and_wrong_money()
        self.refunds()
        self.rooms()

    def rooms(self) -> None:
        """One line that was drawn, and one that opened without."""
        line.opened()
        drawn = line.gathering()
        line.join_all(drawn, range(3))
        line.tend(line.begin_sale(drawn))

    def holds(self) -> None:
        self.place()
        self.place(name=None, email=None)
        world.open_payment(self.place())
        cancelled = self.place()
        boxoffice.at_the_till(lambda: orders.cancel(cancelled, reason="by the customer"))
        self.lapsed()
        request = RequestKey("key_x orders.create", "a key", "hash")
        wanted = [Wanted(self._type(self.big).reference, 1)]
        wish = Wish(self.big.reference, wanted, "api", email="ada@example.org", name="Ada")
        write = Once(
            request, lambda made: Answer(201, f'{{"id":"{made.reference}"}}'), lambda _: None
        )
        orders.place_once(wish, write)

    def sales(self) -> None:
        self.paid()
        self.paid(cost_minor=None)
        self.let_in(self.paid())
        free = ticket_types(self.big)[1].reference
        for name in ("Ada", None):
            email = name and "ada@example.org"
            orders.place(
                Wish(self.big.reference, [Wanted(free, 2)], "storefront", name=name, email=email)
            )

    def late_and_wrong_money(self) -> None:
        for show, outcome in ((self.big, "paid"), (self.small, "sent back")):
            _, late = self.lapsed(show)
            if show is self.small:
                self.place(self.small)
            assert self.settle(late) == outcome
        assert self.settle(world.open_payment(self.place()), received_minor=1) == "sent back"
        assert self.settle(world.open_payment(self.place()), currency="USD") == "sent back"
        twice = self.place()
        first = world.open_payment(twice)
        self.settle(first, "canceled")
        assert first.state == PaymentState.CANCELLED
        assert self.settle(world.open_payment(twice)) == "paid"
        assert self.settle(first) == "sent back"
        self.told(payments.refunds_of(twice)[0], "succeeded")

    def refunds(self) -> None:
        self.told(self.refund(self.paid(), 1), "succeeded")
        self.told(self.refund(self.paid(), 2), "succeeded")
        self.refund(self.paid(), 1)
        self.told(self.refund(self.paid(), 1), "pending")
        was_in = self.paid()
        self.let_in(was_in)
        self.told(self.refund(was_in, 2), "succeeded")
        for has_bounced in (False, True):
            order = self.paid()
            refund = self.refund(order, 2)
            if has_bounced:
                self.told(refund, "succeeded")
            self.told(refund, "failed")
            reference = refund.reference
            if has_bounced:
                boxoffice.at_the_till(
                    lambda of=order.id, what=reference: payments.ask_again(orders.get(of), what).id
                )
                self.told(payments.refunds_of(order)[-1], "succeeded")
        bounced = self.refund(self.paid(), 2)
        for status in ("succeeded", "failed"):
            self.told(bounced, status)
