"""Every letter says the same in HTML and in text, and no name becomes markup or a header."""

import re

import pytest

from core import documents
from core.documents import Kind
from core.mail import Letter, NobodyToWriteTo
from core.mail.letters.order_confirmed import confirmation, order_confirmed
from core.mail.letters.order_refunded import refund
from core.mail.letters.payment_came_too_late import regret
from core.orders import Order
from core.tenancy import Tenant
from tests.documents.sample import sheet
from tests.documents.test_keeping import paid, print_all

PDFS = {Kind.TICKETS: b"%PDF-tickets", Kind.INVOICE: b"%PDF-invoice"}
HOSTILE = '<script>alert("1")</script>'


def letters(**facts: object) -> list[Letter]:
    return [
        confirmation(sheet(**facts), PDFS),
        refund(sheet(**facts), 4800),
        regret(sheet(**facts), 9600),
    ]


def words(html: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


@pytest.mark.parametrize("number", range(3))
def test_both_forms_say_what_order_what_show_and_where_to_look(
    reseller: Tenant, number: int
) -> None:
    letter = letters()[number]

    for form in (words(letter.html), letter.text):
        for fact in (
            "Winterreise", "Saturday, 5 December 2026, 20:00", "Great Hall", "Berlin",
            "6X0Q-7M3K", "Lindenhof Betriebs GmbH", "office@lindenhof.example",
        ):  # fmt: skip
            assert fact in form
    page = f"http://{reseller.slug}.localhost:8000/orders/ord_6x0q7m3k9w2p4r5t8v1y3z6b7c"
    assert page in letter.text
    assert f'href="{page}"' in letter.html
    assert letter.to == "ada@example.org"
    assert "Winterreise" in letter.subject
    assert "{{" not in letter.html + letter.text + letter.subject
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("number", range(3))
def test_html_in_a_name_stays_text(reseller: Tenant, number: int) -> None:
    facts = {"title": HOSTILE, "customer_name": "<b>A</b>", "name": HOSTILE, "place_name": HOSTILE}

    letter = letters(**facts)[number]

    assert "<script" not in letter.html
    assert "<b>A" not in letter.html
    assert HOSTILE in letter.text
    assert "<b>A</b>" in letter.text


@pytest.mark.parametrize("number", range(3))
def test_a_letter_loads_nothing_from_elsewhere(reseller: Tenant, number: int) -> None:
    html = letters()[number].html

    assert not re.search(r"<(img|link|script|iframe)|url\(|@import|src=", html)
    assert all(
        address.startswith((f"http://{reseller.slug}.localhost:8000/", "mailto:"))
        for address in re.findall(r'href="([^"]*)"', html)
    )


def test_tickets_and_invoice_are_enclosed(reseller: Tenant) -> None:
    enclosed = confirmation(sheet(), PDFS).attachments

    assert [(each.filename, each.mime, each.content) for each in enclosed] == [
        ("Tickets 6X0Q-7M3K.pdf", "application/pdf", b"%PDF-tickets"),
        ("Invoice LINDENHOF-000123.pdf", "application/pdf", b"%PDF-invoice"),
    ]


def test_a_letter_without_tickets_does_not_speak_of_enclosed_ones(reseller: Tenant) -> None:
    letter = confirmation(sheet(), {})

    assert not letter.attachments
    assert "enclosed" not in letter.text + letter.html


def test_a_refund_says_how_much_and_whether_that_is_all(reseller: Tenant) -> None:
    part, whole = refund(sheet(), 4800), refund(sheet(), 9600)

    assert part.subject == "€48.00 is on its way back to you: Winterreise"
    assert "Part of your order" in part.text
    assert "in full" in whole.text


def test_an_order_without_an_address_has_nobody_to_write_to(reseller: Tenant) -> None:
    with pytest.raises(NobodyToWriteTo):
        confirmation(sheet(customer_email=""), PDFS)


def test_a_paid_order_is_confirmed_with_its_own_documents(reseller: Tenant, order: Order) -> None:
    order_id = paid(order)
    print_all(order_id)

    letter = order_confirmed(order)

    kept = [documents.find(order_id, kind) for kind in Kind]
    assert [each.content for each in letter.attachments] == [each.pdf for each in kept if each]
    assert letter.to == "ada@example.org"
