"""From the list of shows to a PDF in hand and a letter in the mailbox."""

import io

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys import shopping
from tests.journeys.conftest import DECLINED_CARD, GOOD_CARD, until

pytestmark = pytest.mark.journey


def test_two_tickets_are_bought_printed_and_sent(page: Page, stack):
    show = shopping.bookable(stack, "lindenhof")
    email = "journey-one@example.org"
    loads = []
    shopping.choose(page, stack, "lindenhof", show, 2)
    shopping.give_details(page, email=email)
    shopping.pay(page, GOOD_CARD)

    page.wait_for_url("**/orders/ord_*payment_intent*")
    page.on("load", lambda: loads.append(page.url))
    link = page.get_by_role("link", name="Tickets (PDF)")
    expect(link).to_be_visible(timeout=30_000)
    assert loads == [], "the page was loaded again"
    assert page.locator(".ticket__code svg").count() == 2

    with page.expect_download() as download:
        link.click()
    pdf = PdfReader(download.value.path())
    assert len(pdf.pages) == 2
    assert "Ada Lovelace" in pdf.pages[0].extract_text()

    letter = until(lambda: stack.letters(email))
    assert len(letter) == 1
    names = sorted(each["name"] for each in letter[0]["attachments"])
    assert len(names) == 2
    assert all(each["type"] == "application/pdf" for each in letter[0]["attachments"])
    status, body = stack.get("mail.localhost", letter[0]["attachments"][0]["href"])
    assert status == 200
    assert PdfReader(io.BytesIO(body)).pages


def test_a_declined_card_is_followed_by_a_good_one(page: Page, stack):
    show = shopping.bookable(stack, "basement")
    shopping.choose(page, stack, "basement", show, 1)
    shopping.give_details(page, email="journey-two@example.org")
    shopping.pay(page, DECLINED_CARD)
    expect(page.locator("#payment-error")).to_contain_text("declined")
    reference = shopping.reference_of(page)
    assert shopping.order_row(stack, "basement", reference)["state"] == "held"

    shopping.pay(page, GOOD_CARD)

    page.wait_for_url("**/orders/ord_*payment_intent*")
    expect(page.get_by_role("link", name="Tickets (PDF)")).to_be_visible(timeout=30_000)
    assert shopping.order_row(stack, "basement", reference)["state"] == "paid"


def test_a_hold_that_runs_out_gives_the_tickets_back(page: Page, stack):
    show = shopping.bookable(stack, "harbour")
    free = "SELECT sum(held) FROM ticket_types t JOIN shows s ON s.id = t.show_id WHERE s.slug = %s"
    before = stack.query("harbour", free, show)
    stack.query("harbour", "UPDATE shows SET hold_seconds = 6 WHERE slug = %s", show)
    try:
        shopping.choose(page, stack, "harbour", show, 3)
    finally:
        stack.query("harbour", "UPDATE shows SET hold_seconds = 600 WHERE slug = %s", show)
    reference = shopping.reference_of(page)

    expect(page.get_by_role("heading", name="The time is over")).to_be_visible(timeout=15_000)

    until(lambda: shopping.order_row(stack, "harbour", reference)["state"] == "expired")
    assert stack.query("harbour", free, show) == before
    page.goto(stack.url("harbour", f"/orders/{reference}/payment"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("time ran out")


def test_a_double_click_buys_once(page: Page, stack):
    show = shopping.bookable(stack, "lindenhof")
    email = "journey-twice@example.org"
    shopping.choose(page, stack, "lindenhof", show, 1)
    shopping.give_details(page, email=email)
    reference = shopping.reference_of(page)
    frame = page.frame_locator("#payment-element iframe")
    frame.locator('[name="number"]').fill(GOOD_CARD)
    frame.locator('[name="expiry"]').fill("12 / 34")
    frame.locator('[name="cvc"]').fill("123")
    page.locator("#pay").dblclick()

    page.wait_for_url("**/orders/ord_*payment_intent*")
    until(lambda: shopping.order_row(stack, "lindenhof", reference)["state"] == "paid")
    count = (
        "SELECT count(*) FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.reference = %s"
    )
    assert stack.query("lindenhof", count, reference) == [(1,)]


def test_everything_up_to_payment_works_without_javascript(chromium, stack):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    show = shopping.bookable(stack, "lindenhof")
    shopping.choose(page, stack, "lindenhof", show, 1)
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Email").fill("journey-plain@example.org")
    page.get_by_role("button", name="Continue to payment").click()

    assert "Payment needs JavaScript" in page.content()
    context.close()


def test_a_customer_signs_in_and_finds_its_tickets(page: Page, stack):
    customer = stack.reseller("lindenhof")["customer"]
    page.goto(stack.url("lindenhof", "/sign-in"))
    page.get_by_label("Email").fill(customer["email"])
    page.get_by_label("Password").fill(customer["password"])
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("My tickets")
    assert page.locator(".my-order").count() > 0
