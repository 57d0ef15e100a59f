"""What the templates of documents and letters need: plain values, worded for their reader."""

from dataclasses import dataclass

from core import money


@dataclass(frozen=True)
class Seller:
    """Who sells, as the law wants it named."""

    name: str
    legal_name: str
    address_lines: tuple[str, ...]
    tax_id: str
    email: str


@dataclass(frozen=True)
class ShowFacts:
    """What one comes for; times as the clocks at the place show them."""

    title: str
    subtitle: str
    date: str
    """'Saturday, 5 December 2026'."""
    day: str
    """'5 December 2026'."""
    weekday: str
    time: str
    doors_time: str | None
    city_of_zone: str
    """'Berlin': whose clocks these are."""
    place_name: str
    place_address: str
    poster_seed: str
    poster_style: str


@dataclass(frozen=True)
class TicketFacts:
    """One ticket: a page of its own."""

    number: str
    code: str
    type_name: str
    holder: str


@dataclass(frozen=True)
class InvoiceLine:
    name: str
    quantity: int
    unit_price: str
    total: str


@dataclass(frozen=True)
class Sheet:
    """One order in words."""

    seller: Seller
    show: ShowFacts
    tickets: tuple[TicketFacts, ...]
    """Those that open the gate; none if the money went back before they were printed."""
    order_reference: str
    order_number: str
    customer_name: str
    customer_email: str
    invoice_number: str | None
    """'LINDENHOF-000123'; None while nothing was paid."""
    placed_on: str
    paid_on: str | None
    is_refunded: bool
    lines: tuple[InvoiceLine, ...]
    total: str
    total_minor: int
    currency: str
    locale: str
    paper: str
    """'A4' or 'letter', as the printers of that country are filled."""

    def amount(self, amount_minor: int) -> str:
        """An amount in the order's currency, as the rest of the sheet is written."""
        return money.formatted(amount_minor, self.currency, self.locale)
