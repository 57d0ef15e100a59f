"""Getting into the dashboard and the console."""

from playwright.sync_api import Page, expect


def sign_in(page: Page, account: dict[str, str]) -> None:
    """Sign in on the page that asks for it; returns when it no longer does."""
    page.get_by_label("Email").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_have_count(0)
    page.wait_for_load_state()
