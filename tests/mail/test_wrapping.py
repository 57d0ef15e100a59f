"""Nothing that people type becomes a header, an address or an encoding error of its own."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from core.mail import Attachment, Letter, UnsafeHeader
from core.mail.wrapping import wrap
from core.tenancy import Tenant

LETTER = Letter(
    to="ada@example.org",
    to_name="Ada Lovelace",
    subject="Your tickets",
    html="<p>Grüße</p>",
    text="Grüße\n",
    attachments=(Attachment("Tickets.pdf", "application/pdf", b"%PDF-1"),),
)
ABOUT = "order-1-confirmed"


def test_a_message_says_who_sells_and_who_answers(reseller: Tenant) -> None:
    message = message_from_bytes(wrap(LETTER, reseller, about=ABOUT).as_bytes(), policy=default)

    assert message["From"] == "House of Music <tickets@ticket-to-serve.example>"
    assert message["Reply-To"] == "House of Music <office@house.example>"
    assert message["To"] == "Ada Lovelace <ada@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Grüße"
    assert html.get_content().strip() == "<p>Grüße</p>"
    enclosed = list(message.iter_attachments())
    assert [each.get_filename() for each in enclosed] == ["Tickets.pdf"]
    assert enclosed[0].get_content() == b"%PDF-1"


@pytest.mark.parametrize("field", ["to", "to_name", "subject"])
@pytest.mark.parametrize(
    "injected",
    ["x\r\nBcc: all@example.org", "x\nBcc: all@example.org", "x\rBcc: y", "x\x00y", "x\u2028y"],
)
def test_a_line_break_never_starts_a_header(reseller: Tenant, field: str, injected: str) -> None:
    text = f"{injected}@example.org" if field == "to" else injected

    with pytest.raises(UnsafeHeader):
        wrap(replace(LETTER, **{field: text}), reseller, about=ABOUT)


@pytest.mark.parametrize("name", ["house\r\nBcc: x@y.example", "x" * 500])
def test_nor_does_the_name_of_a_reseller_or_a_file(reseller: Tenant, name: str) -> None:
    with pytest.raises(UnsafeHeader):
        wrap(LETTER, replace(reseller, name=name), about=ABOUT)
    enclosed = (Attachment(name, "application/pdf", b""),)
    with pytest.raises(UnsafeHeader):
        wrap(replace(LETTER, attachments=enclosed), reseller, about=ABOUT)


@pytest.mark.parametrize("address", ["", "ada", "@example.org", "ada@", "a b@example.org"])
def test_what_is_no_address_is_refused(reseller: Tenant, address: str) -> None:
    with pytest.raises(UnsafeHeader):
        wrap(replace(LETTER, to=address), reseller, about=ABOUT)


@pytest.mark.parametrize(
    "name", ['Ada "the, first" <x@y.example>', "Łukasz Żółć 🎉", "أحمد", "Bcc: x@y.example"]
)
def test_any_name_stays_a_name(reseller: Tenant, name: str) -> None:
    raw = wrap(replace(LETTER, to_name=name), reseller, about=ABOUT).as_bytes()

    to = message_from_bytes(raw, policy=default)["To"].addresses
    assert [(each.display_name, each.addr_spec) for each in to] == [(name, "ada@example.org")]


def test_a_domain_of_other_letters_is_written_as_the_network_wants_it(reseller: Tenant) -> None:
    message = wrap(replace(LETTER, to="ada@bücher.example"), reseller, about=ABOUT)

    assert message["To"].addresses[0].addr_spec == "ada@xn--bcher-kva.example"


def test_the_same_letter_has_the_same_id_and_another_one_has_not(
    reseller: Tenant, neighbour: Tenant
) -> None:
    ids = {
        wrap(LETTER, tenant, about=about)["Message-ID"]
        for tenant in (reseller, neighbour)
        for about in (ABOUT, "order-2-confirmed")
        for _ in range(2)
    }

    assert len(ids) == 4


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@faß.example", "xn--fa-hia.example"),
        ("a@\u05e9\u05dc\u05d5\u05dd1.example", "xn--1-"),
    ],
)
def test_a_domain_is_written_as_it_was_checked(reseller: Tenant, address: str, domain: str) -> None:
    """faß is not fass: the other domain belongs to somebody else."""
    message = wrap(replace(LETTER, to=address), reseller, about=ABOUT)

    assert domain in str(message["To"])
