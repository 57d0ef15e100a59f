"""What is printed can be read by eye, by ear and by a gate, whatever people called themselves."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.documents import InvoiceLine, Kind, render, typesetting
from core.documents.wording import one_line
from tests.documents.sample import sheet

EXTREMES = [
    "<script>alert(1)</script><b>bold</b>&amp;",
    "W" * 10_000,
    "Ω\u0301" * 5_000,
    "👩‍👩‍👧‍👦 🎉 日本語 Łukasz Żółć",
    "مهرجان الموسيقى العربية",
    "a\nb\r\n\tc\x00\u202ed",
    "{{ 7 * 7 }} {% raw %}",
    "",
]


def pages(pdf: bytes) -> list[str]:
    """The text of each page. pypdf puts NULs between letters of a face that lacks some glyph."""
    return [
        " ".join(page.extract_text().replace("\x00", "").split())
        for page in PdfReader(io.BytesIO(pdf)).pages
    ]


def test_each_ticket_has_one_page_with_all_one_needs_at_the_door() -> None:
    printed = pages(render(sheet(tickets=3))[Kind.TICKETS])

    assert len(printed) == 3
    for number, page in enumerate(printed):
        for words in (
            "Winterreise", "For voice and two guitars", "5 December 2026", "Saturday", "20:00",
            "Doors open 19:00", "Great Hall", "Lindenallee 12, Berlin", "Stalls", "Ada Lovelace",
            f"K3M9-7Q{number:02}", "6X0Q-7M3K", f"Ticket {number + 1} of 3", "Lindenhof Betriebs",
            "Present this code at the door",
        ):  # fmt: skip
            assert words in page


def test_the_invoice_names_seller_customer_lines_and_that_it_is_paid() -> None:
    printed = pages(render(sheet())[Kind.INVOICE])

    assert len(printed) == 1
    for words in (
        "Lindenhof Betriebs GmbH", "Lindenallee 12", "DE 123 456 789", "LINDENHOF-000123",
        "23 November 2026", "Ada Lovelace", "ada@example.org", "Stalls 2 €48.00 €96.00", "EUR",
        "Paid in full", "Prices include all fees",
    ):  # fmt: skip
        assert words in printed[0]


def test_an_order_given_back_has_an_invoice_that_says_so_and_no_tickets() -> None:
    printed = render(sheet(tickets=0, is_refunded=True))

    assert set(printed) == {Kind.INVOICE}
    assert "Refunded" in pages(printed[Kind.INVOICE])[0]


def test_nothing_is_printed_of_an_order_that_was_not_paid() -> None:
    assert render(sheet(tickets=0, invoice_number=None, paid_on=None)) == {}


@pytest.mark.parametrize("paper", ["A4", "letter"])
@pytest.mark.parametrize("text", EXTREMES)
def test_no_name_breaks_a_page(text: str, paper: str) -> None:
    cut = one_line(text, 110)
    name = one_line(text, 60)
    printed = render(
        sheet(
            title=cut, subtitle=cut, place_name=name, place_address=cut, holder=name,
            type_name=name, customer_name=name, name=name, legal_name=name, paper=paper,
            lines=(InvoiceLine(cut, 2, "€1,000,000.00", "€2,000,000.00"),),
        )
    )  # fmt: skip

    tickets = pages(printed[Kind.TICKETS])
    assert len(tickets) == 2
    assert "€2,000,000.00" in pages(printed[Kind.INVOICE])[0]
    for words in ("20:00", "K3M9-7Q00", "6X0Q-7M3K", "Present this code at the door"):
        assert words in tickets[0]


def test_html_in_a_title_stays_text() -> None:
    printed = render(sheet(title="<b>Loud</b> & <i>louder</i>"))

    assert "<b>Loud</b> & <i>louder</i>" in pages(printed[Kind.TICKETS])[0]


def test_an_order_of_many_lines_goes_on_over_the_page() -> None:
    lines = tuple(InvoiceLine(f"Row {row}", 1, "€1.00", "€1.00") for row in range(60))

    printed = pages(render(sheet(lines=lines))[Kind.INVOICE])

    assert len(printed) > 1
    assert all(f"Page {page} of {len(printed)}" in text for page, text in enumerate(printed, 1))


@pytest.mark.parametrize("kind", Kind)
def test_a_document_is_titled_tagged_and_brings_its_faces(kind: Kind) -> None:
    reader = PdfReader(io.BytesIO(render(sheet())[kind]))

    assert reader.metadata is not None
    assert reader.metadata.title
    assert reader.metadata.author == "Lindenhof Betriebs GmbH"
    assert reader.root_object["/Lang"] == "en"
    assert reader.root_object["/MarkInfo"]["/Marked"]
    faces = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(described.get_object())
            faces.add(str(described.get_object()["/FontName"]))
    assert any("Instrument-Sans" in face for face in faces)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/",
        "https://example.org/x.png",
        "ftp://example.org/x",
        "face:../../../settings.py",
        "face:/etc/passwd",
        "FILE:///etc/passwd",
        "/etc/passwd",
    ],
)
def test_typesetting_reaches_no_file_and_no_network(address: str) -> None:
    with pytest.raises(typesetting.Forbidden):
        typesetting.OwnFetcher().fetch(address)


def test_a_picture_from_elsewhere_is_left_out() -> None:
    pdf = typesetting.pdf('<html lang="en"><title>x</title><img src="file:///etc/passwd">safe')

    assert "safe" in pages(pdf)[0]


def test_whoever_wants_a_qr_code_only_does_not_carry_weasyprint() -> None:
    program = "import core.documents, core.mail, sys; sys.exit('weasyprint' in sys.modules)"
    outcome = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], timeout=60, check=False
    )

    assert outcome.returncode == 0
