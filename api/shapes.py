"""The shapes of what the API reads and answers with."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.answering import MaybeMoment, Moment, Money, Shape
from api.paging import Identified
from core.orders import MAX_TICKETS

MAX_LINES = 20
Id = Annotated[str, Field(max_length=40)]


class Wish(BaseModel):
    """Something that was asked for: every field known, none of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class WantedItem(Wish):
    ticket_type: Id
    quantity: Annotated[int, Field(ge=1, le=MAX_TICKETS)]


class WantedCustomer(Wish):
    email: Annotated[str, Field(max_length=254)]
    name: Annotated[str, Field(max_length=200)]


Token = Annotated[str, Field(max_length=400)]


class NewOrder(Wish):
    show: Id
    items: Annotated[list[WantedItem], Field(min_length=1, max_length=MAX_LINES)]
    customer: WantedCustomer
    pass_: Annotated[Token | None, Field(alias="pass")] = None
    """From the waiting room, where the show has one that is open."""


class WaitingCustomer(Wish):
    email: Annotated[str, Field(max_length=254)]


class NewPlace(Wish):
    customer: WaitingCustomer
    token: Token | None = None
    """Of a place the customer has had, for when it has to be found again."""
    address: Annotated[str | None, Field(max_length=45)] = None
    """The customer's IP address: new places from one address are limited, if it is given."""
    is_suspect: bool = False
    """You take the customer for a program: it is treated as the show's settings say."""


class PlaceQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Token | None = None


class Venue(Shape):
    name: str
    address: str


class Place(Identified):
    """Somebody's place in the waiting room of a show."""

    show: str
    state: str
    """'gathering', 'waiting', 'called', 'admitted', 'expired' or 'used'."""
    number: int | None
    """Never changes once it is given; null until the draw."""
    people_ahead: int | None
    is_late: bool
    """It was called a while ago; it is let in as soon as a seat at the checkout is free."""
    token: str
    """Keep it: with it the place is found again whatever happens to us."""
    pass_: Annotated[str | None, Field(serialization_alias="pass")]
    """Goes with the order; good for one, of this customer, until `pass_expires_at`."""
    pass_expires_at: MaybeMoment
    poll_after_seconds: int
    now_serving: str
    """The address of the document that says how far the line is; for everybody, cacheable."""


class Draw(Shape):
    """The draw of a show's waiting room: what was promised before, what can be checked after."""

    show: str
    commitment: str
    """SHA-256 of the seed, published before anybody gathers."""
    is_drawn: bool
    drawn_at: MaybeMoment
    seed: str | None
    places: int | None
    places_digest: str | None
    page: str
    """Where a customer can read about it, download the list and check."""


class WaitingRoom(Shape):
    """The line of a show for which an order needs a pass."""

    phase: str
    """'announced', 'gathering' or 'open'."""
    gathers_at: Moment
    """From when on places are given."""
    opens_at: Moment
    """When those who have gathered are drawn, and the first are called."""
    places: str
    """Where to POST for a place."""
    now_serving: str
    """The address of the document that says how far the line is; for everybody, cacheable."""


class Show(Identified):
    title: str
    subtitle: str
    summary: str
    genre: str
    place: Venue
    time_zone: str
    starts_at: Moment
    doors_at: MaybeMoment
    ends_at: MaybeMoment
    on_sale_at: Moment
    off_sale_at: Moment
    currency: str
    state: str
    """'upcoming', 'on_sale', 'closed', 'ended' or 'cancelled'."""
    waiting_room: WaitingRoom | None
    """Null where an order needs no pass."""


class TicketType(Identified):
    name: str
    description: str
    price: Money
    state: str
    """'available', 'few', 'last', 'held', 'sold_out', 'not_yet' or 'closed'."""
    left: int
    may_return_at: MaybeMoment
    """When the next hold runs out, if holds are all that is in the way."""
    per_order_limit: int
    per_customer_limit: int | None = None
    """In all orders of one customer together; null if there is no such limit."""


class TicketTypes(Shape):
    data: list[TicketType]


class Item(Shape):
    ticket_type: str
    name: str
    quantity: int
    unit_price: Money
    total: Money


class Customer(Shape):
    email: str | None
    name: str | None


class Fees(Shape):
    """Inside the total; the reseller bears them."""

    platform: Money
    storefront: Money


class Order(Identified):
    number: str
    show: str
    state: str
    """'held', 'paid', 'expired', 'cancelled' or 'refunded'."""
    channel: str
    items: list[Item]
    customer: Customer
    total: Money
    fees: Fees
    placed_at: Moment
    expires_at: Moment
    paid_at: MaybeMoment


class Ticket(Identified):
    number: str
    ticket_type: str
    holder: str | None
    state: str
    code: str | None
    """The text of its QR code, while it opens the gate."""
    checked_in_at: MaybeMoment


class OrderWithTickets(Order):
    tickets: list[Ticket]


class Payment(Shape):
    client_secret: str | None
    publishable_key: str
    state: str
