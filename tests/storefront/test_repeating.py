"""The same form sent twice leads to one order and one hold."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import orders, waitingroom
from core.database import transaction
from tests import world
from tests.browsing import Browser
from tests.storefront.conftest import field, held
from tests.waitingroom import line

HIDDEN = re.compile(r'name="(csrf_token|order_key)"[^>]*value="([^"]+)"')


def form_of(browser, show):
    """The hidden fields of a show's page."""
    return dict(HIDDEN.findall(browser.get(f"/shows/{show.slug}").text))


def send(browser, show, form, quantity="2"):
    return browser.post(f"/shows/{show.slug}/orders", data={**form, field(show): quantity})


def test_a_second_click_leads_to_the_same_checkout(browser, show):
    form = form_of(browser, show)

    first, second = (send(browser, show, form) for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert held(show) == 2


def test_two_clicks_at_the_same_moment_hold_once(app, browser, show):
    form = form_of(browser, show)
    cookie = browser.client.get_cookie("storefront", domain=browser.host)
    assert cookie
    path, fields = f"/shows/{show.slug}/orders", {**form, field(show): "2"}

    def click(_: int) -> str:
        hand = Browser(app, host=browser.host)
        hand.client.set_cookie("storefront", cookie.value, domain=browser.host)
        answer = hand.post(path, data=fields)
        return answer.headers.get("Location", answer.text)

    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(click, range(8)))

    assert len(places) == 1, places
    assert held(show) == 2


def test_every_page_is_a_new_wish(browser, show):
    places = {send(browser, show, form_of(browser, show)).headers["Location"] for _ in range(2)}

    assert len(places) == 2
    assert held(show) == 4


def test_who_goes_back_and_wants_more_gets_more(browser, show):
    form = form_of(browser, show)
    first, changed, again = (send(browser, show, form, each) for each in ("2", "3", "3"))

    assert changed.status_code == 303
    assert changed.headers["Location"] != first.headers["Location"]
    assert changed.headers["Location"] == again.headers["Location"]
    assert held(show) == 5


def test_a_refusal_is_not_kept(browser, show):
    form = form_of(browser, show)
    taken = [world.place(show, count).reference for count in (8, 2)]
    assert send(browser, show, form).status_code == 409
    browser.post(f"/orders/{taken[0]}/cancellation", data=form)

    assert send(browser, show, form).status_code == 303


def test_an_order_is_found_again_although_people_have_to_wait_since(browser, show):
    form = form_of(browser, show)
    first = send(browser, show, form).headers["Location"]
    with transaction():
        waitingroom.mark(show, reason=line.WHY)
    room = line.room_of(show)

    again, changed = (send(browser, show, form, each).headers["Location"] for each in ("2", "3"))
    cancelled = browser.post(f"{first.removesuffix('/payment')}/cancellation", data=form)
    over = send(browser, show, form).headers["Location"]

    assert room.needs_pass
    assert again == first
    assert cancelled.status_code == 303
    assert changed == over == f"/shows/{show.slug}/waiting-room?notice=turn"
    assert held(show) == 0


@pytest.mark.parametrize(
    "key", ["", "x", "x" * 65, "x" * 10_000, "ünlesbar" * 4, "a b" * 8, "\x00" * 20, "' OR 1=1" * 4]
)
def test_an_odd_key_is_a_new_order(browser, show, key):
    form = {**form_of(browser, show), "order_key": key}

    first, second = (send(browser, show, form, "1") for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] != second.headers["Location"]


def test_the_neighbours_keys_are_their_own(app, browser, neighbour, show):
    from core import tenancy

    form = form_of(browser, show)
    reference = send(browser, show, form).headers["Location"].split("/")[2]
    with tenancy.bound_to(neighbour):
        theirs = world.add_show()
        next_door = Browser(app, neighbour)
        own = {**form_of(next_door, theirs), "order_key": form["order_key"]}
        place = send(next_door, theirs, own).headers["Location"]

    assert reference not in place
    assert orders.get_by_reference(reference).state == "held"
