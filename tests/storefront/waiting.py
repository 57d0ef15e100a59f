"""People at the waiting room's pages, and those who run the line."""

import re
from typing import Any

from core import clock
from core.waitingroom import Room
from tests.browsing import Browser
from tests.storefront.conftest import field
from tests.waitingroom import line

FOR_SCRIPTS = re.compile(r"data-(doc|words)='[^']*'")
NUMBER = re.compile(r'data-number="(\d+)"')


def page(room: Room, name: str = "") -> str:
    return f"/shows/{room.slug}{name and '/'}{name}"


def join(browser: Browser, room: Room, **options: Any) -> Any:
    return browser.post(page(room, "places"), **options)


def seen(browser: Browser, path: str) -> str:
    """The page without what only scripts read."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return FOR_SCRIPTS.sub("", answer.text)


def number_of(browser: Browser, room: Room) -> int:
    found = NUMBER.search(browser.get(page(room, "place")).text)
    assert found
    return int(found.group(1))


def call_all(room: Room) -> Room:
    """Call everybody who waits."""
    line.call_at(room, int(clock.now().timestamp() * 1000))
    return line.again(room)


def come_in(browser: Browser, room: Room) -> Any:
    """Join, be called, and claim the pass."""
    join(browser, room)
    call_all(room)
    return browser.post(page(room, "passes"), seen_on=page(room, "place"))


def order(browser: Browser, room: Room, quantity: str = "1", *, seen_on: str | None = None) -> Any:
    path = page(room)
    return browser.post(
        f"{path}/orders", seen_on=seen_on or path, data={field(line.show_of(room)): quantity}
    )
