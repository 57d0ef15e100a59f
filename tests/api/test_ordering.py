"""Placing, reading, cancelling."""

import re
from datetime import timedelta
from typing import Any

from core import catalogue, clock, orders
from core.database import transaction
from tests import world
from tests.api.conftest import Program, held

RFC_3339_UTC = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def test_an_order_is_held_and_says_until_when(program: Program, wish: Any, show: Any) -> None:
    answer = program.order(wish)

    assert answer.status_code == 201, answer.text
    order = answer.json
    assert order["state"] == "held"
    assert order["total"] == {"amount": 5000, "currency": "EUR"}
    assert order["show"] == show.reference
    assert order["items"][0]["quantity"] == 2
    assert order["customer"] == {"email": "ada@example.org", "name": "Ada Lovelace"}
    assert RFC_3339_UTC.match(order["expires_at"])
    assert RFC_3339_UTC.match(order["placed_at"])
    assert [ticket["state"] for ticket in order["tickets"]] == ["held", "held"]
    assert order["tickets"][0]["code"] is None


def test_what_was_placed_can_be_read_back(program: Program, wish: Any) -> None:
    placed = program.order(wish).json

    assert program.get(f"/v1/orders/{placed['id']}").json == placed


def test_shows_say_what_is_on_and_what_is_left(program: Program, wish: Any, show: Any) -> None:
    program.order(wish)

    listed = program.get("/v1/shows").json
    assert [each["id"] for each in listed["data"]] == [show.reference]
    assert listed["has_more"] is False
    assert program.get(f"/v1/shows/{show.reference}").json == listed["data"][0]
    assert listed["data"][0]["state"] == "on_sale"
    (standard,) = program.get(f"/v1/shows/{show.reference}/ticket-types").json["data"]
    assert standard["left"] == 8
    assert standard["price"] == {"amount": 2500, "currency": "EUR"}


def test_drafts_are_not_told(program: Program, reseller: Any) -> None:
    draft = world.add_show(is_published=False).reference

    assert program.get("/v1/shows").json["data"] == []
    assert program.get(f"/v1/shows/{draft}").status_code == 404


def test_orders_come_in_pieces_newest_first(program: Program, show: Any) -> None:
    placed = [world.place(show, 1).reference for _ in range(5)]

    first = program.get("/v1/orders?limit=2").json
    second = program.get(f"/v1/orders?limit=2&after={first['next']}").json
    third = program.get(f"/v1/orders?limit=2&after={second['next']}").json

    seen = [order["id"] for piece in (first, second, third) for order in piece["data"]]
    assert seen == placed[::-1]
    assert [piece["has_more"] for piece in (first, second, third)] == [True, True, False]
    assert third["next"] is None


def test_shows_come_in_pieces_too(program: Program, reseller: Any) -> None:
    known = [world.add_show(title=f"Show {n}").reference for n in range(3)]

    first = program.get("/v1/shows?limit=2").json
    second = program.get(f"/v1/shows?limit=2&after={first['next']}").json

    assert [each["id"] for each in first["data"] + second["data"]] == known
    assert second["has_more"] is False


def test_a_held_order_can_be_let_go(program: Program, wish: Any, show: Any) -> None:
    placed = program.order(wish).json

    answer = program.post(f"/v1/orders/{placed['id']}/cancellation")

    assert answer.status_code == 200
    assert answer.json["state"] == "cancelled"
    assert {ticket["state"] for ticket in answer.json["tickets"]} == {"void"}
    again = program.post(f"/v1/orders/{placed['id']}/cancellation")
    assert again.status_code == 409


def test_a_free_order_is_paid_at_once(program: Program, reseller: Any) -> None:
    with transaction():
        show = world.add_show(is_published=False)
        world.add_type(show, price_minor=0)
        catalogue.publish(show)
    answer = program.order(
        {
            "show": show.reference,
            "items": [{"ticket_type": show.ticket_types[0].reference, "quantity": 1}],
            "customer": {"email": "ada@example.org", "name": "Ada"},
        }
    )

    assert answer.json["state"] == "paid"
    assert answer.json["tickets"][0]["code"].startswith("TTS1:")


def test_a_hold_that_is_over_is_told_as_expired(program: Program, show: Any) -> None:
    order = world.place(show)
    with transaction():
        orders.get_by_reference(order.reference).expires_at = clock.now() - timedelta(seconds=1)

    assert program.get(f"/v1/orders/{order.reference}").json["state"] == "expired"


def test_a_paid_order_shows_codes_that_open_the_gate(program: Program, wish: Any) -> None:
    placed = program.order(wish).json
    world.pay(placed["id"])

    order = program.get(f"/v1/orders/{placed['id']}").json

    assert order["state"] == "paid"
    assert all(ticket["code"].startswith("TTS1:") for ticket in order["tickets"])


def test_the_box_office_says_no_in_problems(program: Program, wish: Any, show: Any) -> None:
    over = {**wish, "items": [{**wish["items"][0], "quantity": 9}]}
    assert program.order(over).json["type"].endswith("/over_limit")

    unknown = {**wish, "items": [{"ticket_type": "tty_" + "0" * 26, "quantity": 1}]}
    assert (program.order(unknown).status_code, program.order(unknown).json["field"]) == (
        422,
        "items",
    )

    twice = {**wish, "items": [wish["items"][0]] * 2}
    assert program.order(twice).status_code == 422

    nowhere = {**wish, "show": "shw_" + "0" * 26}
    assert program.order(nowhere).status_code == 404

    later = world.add_show(
        on_sale_at=clock.now() + timedelta(days=1), off_sale_at=clock.now() + timedelta(days=2)
    )
    early = {
        **wish,
        "show": later.reference,
        "items": [{"ticket_type": later.ticket_types[0].reference, "quantity": 1}],
    }
    assert program.order(early).json["type"].endswith("/not_on_sale")


def test_nothing_is_left_after_a_refusal(program: Program, wish: Any, show: Any) -> None:
    program.order({**wish, "items": [{**wish["items"][0], "quantity": 9}]})

    assert program.get("/v1/orders").json["data"] == []
    assert held(wish) == 0
