"""The live view of a waiting room: it follows the line, rests unseen, and axe finds nothing."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import panels
from tests.journeys.test_accessibility import LOOKS, problems

pytestmark = pytest.mark.journey

SHOW = "all-night-long-dora-quill"
REST_MS = 3000
"""Longer than the view takes to ask again."""


def enter(page: Page, stack, door: str) -> str:
    """The address of the room of the demo's next rush, at this door."""
    home = f"http://{door}.localhost:{stack.port}"
    reseller = stack.reseller("basement")
    account = reseller["members"][0] if door == "dashboard" else stack.demo["admin"]
    page.goto(home)
    panels.sign_in(page, account)
    [(show,)] = stack.query("basement", "SELECT reference FROM shows WHERE slug = %s", SHOW)
    within = f"/resellers/{reseller['reference']}" if door == "admin" else ""
    return f"{home}{within}/shows/{show}/waiting-room"


def use(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).click()
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("look_of", LOOKS, ids=["light-1280", "dark-360"])
def test_axe_finds_nothing_on_a_room(chromium: Browser, stack, axe, look_of):
    scheme, width = look_of
    found = {}
    for door in ("dashboard", "admin"):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        room = enter(page, stack, door)
        page.goto(room)
        page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
        found[door] = problems(page, axe)
        page.get_by_role("button", name="Change settings").click()
        expect(page.locator("#errors")).to_be_visible()
        found[f"{door} refused"] = problems(page, axe)
        if door == "dashboard":
            page.goto(room.removesuffix("/waiting-room"))
            found["show"] = problems(page, axe)
        context.close()

    assert {name: errors for name, errors in found.items() if errors} == {}


def test_what_can_be_done_follows_but_not_under_somebody_s_hands(chromium: Browser, stack):
    member, admin = chromium.new_context().new_page(), chromium.new_context().new_page()
    admin.goto(enter(admin, stack, "admin"))
    member.goto(enter(member, stack, "dashboard"))
    loads = []
    admin.on("load", lambda: loads.append(admin.url))

    use(member, "Pause")

    expect(admin.locator("#switch-resume")).to_have_count(1)
    expect(admin.locator("#switch-pause")).to_have_count(0)
    expect(admin.locator(".history tbody tr").first).to_contain_text("Paused")

    admin.locator("summary", has_text="Resume").click()
    reason = admin.get_by_label("Reason").first
    reason.fill("It is dry again")
    use(member, "Resume")

    expect(admin.locator(".standing__changed")).to_be_visible()
    expect(admin.locator("#announcer")).to_contain_text("The room has changed")
    expect(reason).to_have_value("It is dry again")
    expect(reason).to_be_focused()
    assert loads == [], "the page was loaded again"

    admin.get_by_role("button", name="Resume").click()

    expect(admin.locator("#errors")).to_contain_text("nothing was done")
    expect(admin.locator("#switch-pause")).to_have_count(1)
    for page in (member, admin):
        page.context.close()


def test_what_one_does_another_sees(chromium: Browser, stack):
    member, admin = chromium.new_context().new_page(), chromium.new_context().new_page()
    admin.goto(enter(admin, stack, "admin"))
    member.goto(enter(member, stack, "dashboard"))
    loads, asked = [], []
    admin.on("load", lambda: loads.append(admin.url))
    admin.on("request", lambda request: asked.append(request.url))

    use(member, "Pause")

    expect(admin.locator(".line__badges")).to_contain_text("Paused")
    expect(admin.locator("#announcer")).to_contain_text("Paused")
    use(member, "Resume")
    expect(admin.locator(".line__badges")).not_to_contain_text("Paused")
    admin.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    asked.clear()
    admin.wait_for_timeout(REST_MS)
    assert asked == []
    assert loads == [], "the page was loaded again"
    for page in (member, admin):
        page.context.close()
