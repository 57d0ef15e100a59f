"""What a customer does, in a real browser."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Stack

SETTLE_MS = 400
"""After scrolling, Chromium takes a moment to know again which frame is under the pointer."""


def bookable(stack: Stack, slug: str, *, nth: int = 0) -> str:
    """The slug of a show with plenty of tickets, which nobody has to wait for; the first of them,
    or another one."""
    rows = stack.query(
        slug,
        "SELECT s.slug FROM shows s JOIN ticket_types t ON t.show_id = s.id "
        "WHERE s.state = 'published' AND s.on_sale_at < now() AND s.off_sale_at > now() "
        "AND NOT t.is_hidden AND t.price_minor > 0 AND NOT s.needs_pass "
        "GROUP BY s.slug, s.starts_at HAVING max(t.capacity - t.sold - t.held) > 20 "
        "ORDER BY s.starts_at",
    )
    assert rows, "the demo has no show with plenty of tickets"
    return str(rows[nth][0])


def choose(page: Page, stack: Stack, slug: str, show: str, quantity: int = 2) -> None:
    """From the list of shows to the checkout."""
    page.goto(stack.url(slug))
    page.locator(f'a[href="/shows/{show}"]').first.click()
    roomy = 'input[name^="quantity-"]:not([max="1"]):not([max="2"]):not([data-price="0"])'
    page.locator(roomy).first.fill(str(quantity))
    page.get_by_role("button", name="Get tickets").click()
    page.wait_for_url(re.compile(r"/orders/ord_"))


def give_details(page: Page, *, name: str = "Ada Lovelace", email: str) -> None:
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.locator("#payment-element iframe")).to_be_visible()


def pay(page: Page, card: str) -> None:
    frame = page.frame_locator("#payment-element iframe")
    frame.locator('[name="number"]').fill(card)
    frame.locator('[name="expiry"]').fill("12 / 34")
    frame.locator('[name="cvc"]').fill("123")
    page.locator("#pay").scroll_into_view_if_needed()
    page.wait_for_timeout(SETTLE_MS)
    page.locator("#pay").click()


def reference_of(page: Page) -> str:
    found = re.search(r"ord_[0-9a-z]{26}", page.url)
    assert found, page.url
    return found.group()


def order_row(stack: Stack, slug: str, reference: str) -> dict[str, Any]:
    row = stack.query(
        slug, "SELECT state, invoice_number FROM orders WHERE reference = %s", reference
    )[0]
    return {"state": row[0], "invoice_number": row[1]}
