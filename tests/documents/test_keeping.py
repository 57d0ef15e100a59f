"""Documents of an order are made once, and are its reseller's alone."""

import hashlib
import io

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from core import documents, tenancy, tickets
from core.database import db, transaction
from core.documents import Kind
from core.errors import NotFound
from core.events import Event
from core.orders import Order
from core.tenancy import Tenant
from tests import world


def paid(order: Order) -> int:
    order_id = int(order.id)
    world.pay(order.reference)
    return order_id


def print_all(order_id: int) -> bool:
    with transaction():
        sheet = documents.sheet(order_id)
    pdfs = documents.render(sheet)
    with transaction():
        return documents.keep(order_id, pdfs)


def events_about(order_id: int) -> int:
    count = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Event)
        .where(Event.subject_id == order_id, Event.type == "order.documents_printed")
    )
    return int(count or 0)


def test_a_paid_order_is_printed_once(reseller: Tenant, order: Order) -> None:
    order_id = paid(order)

    assert print_all(order_id)
    first = documents.find(order_id, Kind.TICKETS)
    assert first is not None
    before = first.pdf
    assert not print_all(order_id)

    db.session.expire_all()
    again = documents.find(order_id, "tickets")
    assert again is not None
    assert again.pdf == before
    assert again.sha256 == hashlib.sha256(before).hexdigest()
    assert len(PdfReader(io.BytesIO(before)).pages) == 2
    assert documents.find(order_id, Kind.INVOICE) is not None
    assert events_about(order_id) == 1


def test_the_code_on_the_paper_opens_the_gate(reseller: Tenant, order: Order) -> None:
    order_id = paid(order)

    sheet = documents.sheet(order_id)

    with transaction():
        admitted = {tickets.check_in(each.code).reference for each in sheet.tickets}
    assert len(admitted) == 2


def test_an_order_that_is_not_paid_has_nothing_to_print(reseller: Tenant, order: Order) -> None:
    assert documents.render(documents.sheet(order.id)) == {}
    assert not print_all(order.id)
    assert documents.find(order.id, Kind.TICKETS) is None
    assert events_about(order.id) == 0


def test_a_sheet_is_worded_for_its_reader(reseller: Tenant, order: Order) -> None:
    sheet = documents.sheet(paid(order))

    assert sheet.invoice_number == f"{reseller.slug.upper()}-000001"
    assert sheet.total == "50,00\u00a0€"
    assert sheet.customer_name == "Ada Lovelace"
    assert sheet.show.city_of_zone == "Berlin"
    assert sheet.paper == "A4"
    assert sheet.seller.address_lines == ("Ringstrasse 1", "10115 Berlin")


def test_the_reseller_next_door_finds_nothing(
    reseller: Tenant, neighbour: Tenant, order: Order
) -> None:
    order_id = paid(order)
    print_all(order_id)

    with tenancy.bound_to(neighbour):
        assert documents.find(order_id, Kind.TICKETS) is None
        with pytest.raises(NotFound):
            documents.sheet(order_id)
