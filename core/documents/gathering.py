"""Gathering what an order's documents and letters say."""

from babel import Locale

from core import money, orders, tenancy, tickets
from core.catalogue import Show
from core.documents.sheets import InvoiceLine, Seller, Sheet, ShowFacts, TicketFacts
from core.documents.wording import (
    city_of,
    clock_time,
    locale_of,
    long_date,
    one_line,
    paper_of,
    plain_date,
    weekday,
)
from core.orders import Order, OrderState
from core.tenancy import Tenant
from core.tickets import TicketState

TITLE_LIMIT = 110
LINE_LIMIT = 90
NAME_LIMIT = 60
ADDRESS_LINES = 6
INVOICE_DIGITS = 6
OPENS_THE_GATE = (TicketState.VALID, TicketState.USED)


def sheet(order_id: int) -> Sheet:
    """Everything that is printed of an order, as plain values. Raises NotFound.

    Call it in a transaction of its own, and render after that: rendering is slow.
    """
    order = orders.get(order_id)
    tenant = tenancy.current()
    locale = locale_of(tenant.locale, tenant.country)
    lines = tuple(
        InvoiceLine(
            name=one_line(line.name, LINE_LIMIT),
            quantity=line.quantity,
            unit_price=money.formatted(line.unit_price_minor, order.currency, str(locale)),
            total=money.formatted(line.total_minor, order.currency, str(locale)),
        )
        for line in order.lines
    )
    zone = tenant.time_zone
    return Sheet(
        seller=_seller(tenant),
        show=_show(order.show, locale),
        tickets=_tickets(order, tenant),
        order_reference=order.reference,
        order_number=order.number,
        customer_name=one_line(order.name or "", LINE_LIMIT),
        customer_email=order.email or "",
        invoice_number=_invoice_number(tenant, order),
        placed_on=plain_date(order.placed_at, zone, locale),
        paid_on=plain_date(order.paid_at, zone, locale) if order.paid_at else None,
        is_refunded=order.state == OrderState.REFUNDED,
        lines=lines,
        total=money.formatted(order.total_minor, order.currency, str(locale)),
        total_minor=order.total_minor,
        currency=order.currency,
        locale=str(locale),
        paper=paper_of(tenant.country),
    )


def _seller(tenant: Tenant) -> Seller:
    return Seller(
        name=one_line(tenant.name, LINE_LIMIT),
        legal_name=one_line(tenant.legal_name, LINE_LIMIT),
        address_lines=tuple(
            one_line(line, LINE_LIMIT) for line in tenant.address_lines[:ADDRESS_LINES]
        ),
        tax_id=one_line(tenant.tax_id, LINE_LIMIT),
        email=tenant.email,
    )


def _show(show: Show, locale: Locale) -> ShowFacts:
    zone = show.time_zone
    return ShowFacts(
        title=one_line(show.title, TITLE_LIMIT),
        subtitle=one_line(show.subtitle, TITLE_LIMIT),
        date=long_date(show.starts_at, zone, locale),
        day=plain_date(show.starts_at, zone, locale),
        weekday=weekday(show.starts_at, zone, locale),
        time=clock_time(show.starts_at, zone, locale),
        doors_time=clock_time(show.doors_at, zone, locale) if show.doors_at else None,
        city_of_zone=city_of(zone, locale),
        place_name=one_line(show.place_name, LINE_LIMIT),
        place_address=one_line(show.place_address, TITLE_LIMIT),
        poster_seed=show.reference,
        poster_style=show.poster_style,
    )


def _tickets(order: Order, tenant: Tenant) -> tuple[TicketFacts, ...]:
    names = {line.id: line.name for line in order.lines}
    return tuple(
        TicketFacts(
            number=ticket.number,
            code=tickets.code_of(tenant.reference, ticket.reference, ticket.version),
            type_name=one_line(names[ticket.line_id], NAME_LIMIT),
            holder=one_line(ticket.holder or order.name or "", NAME_LIMIT),
        )
        for ticket in tickets.of_order(order.id)
        if ticket.state in OPENS_THE_GATE
    )


def _invoice_number(tenant: Tenant, order: Order) -> str | None:
    if order.invoice_number is None:
        return None
    return f"{tenant.slug.upper()}-{order.invoice_number:0{INVOICE_DIGITS}}"
