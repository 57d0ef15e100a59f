"""A sheet to print, as plain values."""

from dataclasses import replace
from typing import Any

from core.documents import InvoiceLine, Seller, Sheet, ShowFacts, TicketFacts

CODE = "TTS1:6X0Q7M3K9W2P4R5T8V1Y3Z6B7C:1:" + "A7" * 51 + "B"


def sheet(*, tickets: int = 2, **facts: Any) -> Sheet:
    """Tickets for Winterreise; `facts` replace those of the sheet, the show and each ticket."""
    show = _with(
        ShowFacts(
            title="Winterreise",
            subtitle="For voice and two guitars",
            date="Saturday, 5 December 2026",
            day="5 December 2026",
            weekday="Saturday",
            time="20:00",
            doors_time="19:00",
            city_of_zone="Berlin",
            place_name="Great Hall",
            place_address="Lindenallee 12, Berlin",
            poster_seed="winterreise",
            poster_style="concert",
        ),
        facts,
    )
    ticket = _with(
        TicketFacts(number="K3M9-7QX0", code=CODE, type_name="Stalls", holder="Ada Lovelace"), facts
    )
    seller = _with(
        Seller(
            name="Lindenhof",
            legal_name="Lindenhof Betriebs GmbH",
            address_lines=("Lindenallee 12", "10115 Berlin"),
            tax_id="DE 123 456 789",
            email="office@lindenhof.example",
        ),
        facts,
    )
    whole = Sheet(
        seller=seller,
        show=show,
        tickets=tuple(replace(ticket, number=f"K3M9-7Q{number:02}") for number in range(tickets)),
        order_reference="ord_6x0q7m3k9w2p4r5t8v1y3z6b7c",
        order_number="6X0Q-7M3K",
        customer_name="Ada Lovelace",
        customer_email="ada@example.org",
        invoice_number="LINDENHOF-000123",
        placed_on="23 November 2026",
        paid_on="23 November 2026",
        is_refunded=False,
        lines=(InvoiceLine("Stalls", 2, "€48.00", "€96.00"),),
        total="€96.00",
        total_minor=9600,
        currency="EUR",
        locale="en_GB",
        paper="A4",
    )
    whole = _with(whole, facts)
    assert not facts, f"no such facts: {facts}"
    return whole


def _with(part: Any, facts: dict[str, Any]) -> Any:
    known = {name: facts.pop(name) for name in list(facts) if name in part.__dataclass_fields__}
    return replace(part, **known)
