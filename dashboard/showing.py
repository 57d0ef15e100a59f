"""Shows, ticket types and orders as the pages of the dashboard want them: plain values."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core import catalogue
from core.catalogue import Phase, Show
from core.orders import Order, OrderState
from core.tenancy import Tenant

PHASES = {
    Phase.HIDDEN: "Draft",
    Phase.UPCOMING: "Not on sale yet",
    Phase.ON_SALE: "On sale",
    Phase.CLOSED: "Sale ended",
    Phase.ENDED: "Over",
    Phase.CANCELLED: "Cancelled",
}


@dataclass(frozen=True)
class Stock:
    """Tickets by what became of them; they add up to the capacity."""

    capacity: int
    sold: int
    held: int

    @property
    def left(self) -> int:
        return self.capacity - self.sold - self.held

    def percent(self, count: int) -> float:
        """That many as a share of the capacity, in percent."""
        return round(100 * count / self.capacity, 2) if self.capacity else 0.0


@dataclass(frozen=True)
class TypeView:
    name: str
    price_minor: int
    limit: int
    customer_limit: int | None
    is_hidden: bool
    stock: Stock


@dataclass(frozen=True)
class ShowView:
    """Moments are on the clocks of the place."""

    reference: str
    title: str
    subtitle: str
    place: str
    currency: str
    starts_at: datetime
    on_sale_at: datetime
    off_sale_at: datetime
    phase: str
    phase_name: str
    stock: Stock
    types: list[TypeView]


@dataclass(frozen=True)
class OrderRow:
    """One of many orders. Moments are on the clocks of the reseller."""

    reference: str
    number: str
    name: str
    email: str
    show_title: str
    tickets: int
    total_minor: int
    currency: str
    state: str
    placed_at: datetime


def zone_of(tenant: Tenant) -> ZoneInfo:
    return ZoneInfo(tenant.time_zone)


def view_of_show(show: Show, now: datetime) -> ShowView:
    types = [
        TypeView(
            name=each.name,
            price_minor=each.price_minor,
            limit=each.per_order_limit,
            customer_limit=each.per_customer_limit,
            is_hidden=each.is_hidden,
            stock=Stock(each.capacity, each.sold, each.held),
        )
        for each in show.ticket_types
    ]
    phase = catalogue.phase_of(show, now)
    stock = Stock(
        sum(each.stock.capacity for each in types),
        sum(each.stock.sold for each in types),
        sum(each.stock.held for each in types),
    )
    is_sold_out = phase is Phase.ON_SALE and 0 < stock.capacity == stock.sold
    return ShowView(
        reference=show.reference,
        title=show.title,
        subtitle=show.subtitle,
        place=show.place_name,
        currency=show.currency,
        starts_at=show.local(show.starts_at),
        on_sale_at=show.local(show.on_sale_at),
        off_sale_at=show.local(show.off_sale_at),
        phase=phase,
        phase_name="Sold out" if is_sold_out else PHASES[phase],
        stock=stock,
        types=types,
    )


def state_of(order: Order, now: datetime) -> str:
    """A hold that is over is expired, tidied away or not."""
    if order.state == OrderState.HELD and order.expires_at <= now:
        return OrderState.EXPIRED.value
    return order.state


def row_of(order: Order, tenant: Tenant, now: datetime) -> OrderRow:
    return OrderRow(
        reference=order.reference,
        number=order.number,
        name=order.name or "",
        email=order.email or "",
        show_title=order.show.title,
        tickets=sum(line.quantity for line in order.lines),
        total_minor=order.total_minor,
        currency=order.currency,
        state=state_of(order, now),
        placed_at=order.placed_at.astimezone(zone_of(tenant)),
    )
