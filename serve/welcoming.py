"""Where to go now: the addresses and logins of the demo, from DATA_DIR/demo.json."""

import unicodedata
from collections.abc import Iterator
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
        telling.say(f"  {line}".rstrip())
    telling.say()
    telling.say(f"  Logs are in {plan.logs}. Press Ctrl-C to stop.")


def rows(demo: dict[str, Any]) -> Iterator[Row]:
    """What, where, and with which login (see demo/describing.py). Empty without a demo."""
    for reseller in demo.get("resellers", []):
        yield (reseller["name"], reseller["storefront_url"], login(reseller["customer"]))
        for member in reseller["members"]:
            yield (f"  dashboard, {member['role']}", reseller["dashboard_url"], login(member))
        yield ("  test API key", reseller["api_key"], "")
    if demo.get("admin"):
        yield ("Console of the admins", demo["admin"]["url"], login(demo["admin"]))
    if demo.get("api_base_url"):
        yield ("JSON API", f"{demo['api_base_url']}/v1/shows", "")
    if demo.get("mailbox"):
        yield ("Mailbox with every letter", demo["mailbox"]["url"], "")
    if demo.get("stripe"):
        yield ("Stand-in for Stripe", demo["stripe"]["page"], "")
        yield ("Cards to pay with", "4242 4242 4242 4242", "declined: 4000 0000 0000 0002")


def login(person: dict[str, str]) -> str:
    return f"{person['email']} / {person['password']}"


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
