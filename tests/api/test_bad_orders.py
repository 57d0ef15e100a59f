"""JSON that is no order: a problem of a known type, and nothing is written."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.api import corpus
from tests.api.conftest import Program, customer, item, refused

MAX_ID_LENGTH = 40


def test_a_quantity_is_a_small_whole_number(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    for quantity in corpus.QUANTITIES:
        with subtests.test(repr(quantity)):
            send = partial(program.order, item(wish, quantity=quantity))

            assert refused(send, 422, "invalid")["field"] == "items.0.quantity"


def test_a_quantity_is_written_as_a_whole_number(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    body = json.dumps(item(wish, quantity=987))
    for written in ("-0", "0e0", "1e0", "1e400", "-1e400", "2E0", "1e-400"):
        with subtests.test(written):
            send = partial(program.order, body.replace("987", written).encode())

            assert refused(send, 422, "invalid")["field"] == "items.0.quantity"


def test_a_text_that_names_no_show_is_refused(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    for name, text in corpus.TEXTS.items():
        with subtests.test(name):
            send = partial(program.order, {**wish, "show": text})

            if isinstance(text, str) and len(text) <= MAX_ID_LENGTH:
                refused(send, 404, "not_found", is_kept=True)
            else:
                assert refused(send, 422, "invalid")["field"] == "show"


def test_a_text_that_names_no_ticket_type_is_refused(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    for name, text in corpus.TEXTS.items():
        with subtests.test(name):
            send = partial(program.order, item(wish, ticket_type=text))
            is_text = isinstance(text, str) and len(text) <= MAX_ID_LENGTH

            told = refused(send, 422, "invalid", is_kept=is_text)

            assert told["field"] == ("items" if is_text else "items.0.ticket_type")


def test_a_text_that_is_no_address_is_refused(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    for name, text in corpus.ADDRESSES.items():
        with subtests.test(name):
            send = partial(program.order, customer(wish, email=text))

            assert refused(send, 422, "invalid")["field"] == "customer.email"


def test_a_text_that_is_no_name_is_refused(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    for text in corpus.NO_NAMES:
        with subtests.test(repr(text)[:20]):
            send = partial(program.order, customer(wish, name=text))

            assert refused(send, 422, "invalid")["field"] == "customer.name"


def test_a_name_is_kept_as_people_write_it(
    program: Program, wish: Any, show: Any, subtests: pytest.Subtests
) -> None:
    for sent, kept in corpus.NAMES.items():
        with subtests.test(ascii(sent)):
            placed = program.order(customer(item(wish, quantity=1), name=sent))

            assert placed.status_code == 201
            again = program.get(f"/v1/orders/{placed.json['id']}").json
            assert again["customer"]["name"] == kept


def _without(*path: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(wish: dict[str, Any]) -> dict[str, Any]:
        changed = json.loads(json.dumps(wish))
        part = changed
        for step in path[:-1]:
            part = part[0][step] if isinstance(part, list) else part[step]
        del (part[0] if isinstance(part, list) else part)[path[-1]]
        return changed  # type: ignore[no-any-return]

    return change


def _with(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda wish: {**wish, **changes}


NO_ORDER: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "nothing": (lambda _: {}, "show"),
    "no show": (_without("show"), "show"),
    "no items": (_without("items"), "items"),
    "no customer": (_without("customer"), "customer"),
    "no quantity": (_without("items", "quantity"), "items.0.quantity"),
    "no ticket type": (_without("items", "ticket_type"), "items.0.ticket_type"),
    "no address": (_without("customer", "email"), "customer.email"),
    "no name": (_without("customer", "name"), "customer.name"),
    "an empty list": (_with(items=[]), "items"),
    "21 lines": (lambda wish: {**wish, "items": wish["items"] * 21}, "items"),
    "items of another kind": (_with(items="tickets"), "items"),
    "items by number": (lambda wish: {**wish, "items": {"0": wish["items"][0]}}, "items"),
    "an item that is none": (_with(items=[None]), "items.0"),
    "a customer that is none": (_with(customer="ada"), "customer"),
    "a price of the sender's": (lambda wish: item(wish, price=1), "items.0.price"),
    "a unit price": (lambda wish: item(wish, unit_price_minor=0), "items.0.unit_price_minor"),
    "a total": (_with(total={"amount": 1, "currency": "EUR"}), "total"),
    "a discount": (_with(discount=100), "discount"),
    "a coupon": (_with(coupon="FREE"), "coupon"),
    "a state": (_with(state="paid"), "state"),
    "a channel": (_with(channel="storefront"), "channel"),
    "an account": (lambda wish: customer(wish, id=1), "customer.id"),
    "another prototype": (_with(__proto__={"isAdmin": True}), "__proto__"),
    "a field with an endless name": (_with(**{"x" * 10_000: 1}), "x" * 100),
}


def test_what_does_not_fit_is_refused(
    program: Program, wish: Any, subtests: pytest.Subtests
) -> None:
    for name, (change, field) in NO_ORDER.items():
        with subtests.test(name):
            assert refused(partial(program.order, change(wish)), 422, "invalid")["field"] == field
