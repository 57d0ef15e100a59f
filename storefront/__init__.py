"""The storefront: where a reseller's customers look around, buy, and find their tickets again."""

from pathlib import Path

from flask import Flask

from core.web import make_door
from storefront import (
    account,
    calendar,
    cancellations,
    details,
    documents,
    guard,
    orders,
    payments,
    shows,
    sign_ins,
    themes,
    waiting,
)

PAGES = (
    shows.bp,
    orders.bp,
    details.bp,
    payments.bp,
    cancellations.bp,
    documents.bp,
    calendar.bp,
    sign_ins.bp,
    sign_ins.out,
    account.bp,
    themes.bp,
    *waiting.PAGES,
)


def create_door() -> Flask:
    return make_door(
        "storefront",
        PAGES,
        folder=Path(__file__).parent,
        visitors="customer",
        guard=guard.stand,
    )
