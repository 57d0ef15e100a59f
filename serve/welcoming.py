"""Where to go now: the addresses and logins of the demo, from DATA_DIR/demo.json."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from core.embedded import keeping
from serve import telling
from serve.plan import Plan

Row = tuple[str, str, str]


def welcome(plan: Plan) -> None:
    """Print every address and login, in a table."""
    demo = keeping.recall(plan.data_dir / "demo.json") if plan.plays_stripe else {}
    telling.say()
    for line in table(list(rows(demo))):
        telling.say(f"  {line}")
    telling.say()
    telling.say(f"  Logs are in {plan.logs}. Press Ctrl-C to stop.")


def rows(demo: dict[str, Any]) -> Iterable[Row]:
    """What, where, and with which login. Empty for a world without a demo."""
    for reseller in demo.get("resellers", []):
        customer = login(reseller.get("customer"))
        yield (reseller.get("name", ""), reseller.get("storefront_url", ""), customer)
        for member in reseller.get("members", [])[:1]:
            yield ("  dashboard", reseller.get("dashboard_url", ""), login(member))
        yield ("  test API key", reseller.get("api_key", ""), "")
    if "admin" in demo:
        yield ("Console for admins", demo["admin"].get("url", ""), login(demo["admin"]))
    if demo.get("mailbox_url"):
        yield ("Mailbox with all letters", demo["mailbox_url"], "")
    if demo.get("resellers"):
        yield ("Cards to pay with", "4242 4242 4242 4242", "declined: 4000 0000 0000 0002")


def login(person: dict[str, str] | None) -> str:
    return f"{person.get('email')} / {person.get('password')}" if person else ""


def table(lines: list[Row]) -> list[str]:
    widths = [max((_width(line[column]) for line in lines), default=0) for column in range(2)]
    return [
        "  ".join(
            [*(_padded(cell, width) for cell, width in zip(line, widths, strict=False)), line[2]]
        )
        for line in lines
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
