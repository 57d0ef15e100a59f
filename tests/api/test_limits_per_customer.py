"""So many for one customer, as a reseller's program sees it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core import catalogue
from core.database import transaction
from tests import world
from tests.api.conftest import Program, held

AT_ONCE = 8


@pytest.fixture
def scarce(reseller: Any) -> dict[str, Any]:
    """An order for two tickets of a type of which one customer may have four."""
    with transaction():
        show = world.add_show(is_published=False)
        scarce = world.add_type(show, capacity=100, per_customer_limit=4)
        catalogue.publish(show)
        return {
            "show": show.reference,
            "items": [{"ticket_type": scarce.reference, "quantity": 2}],
            "customer": {"email": "ada@example.org", "name": "Ada Lovelace"},
        }


def test_a_ticket_type_says_how_many_one_customer_may_have(
    program: Program, scarce: Any, show: Any
) -> None:
    def limit(reference: str) -> int | None:
        (only,) = program.get(f"/v1/shows/{reference}/ticket-types").json["data"]
        return only["per_customer_limit"]

    usual = show.reference
    assert limit(scarce["show"]) == 4
    assert limit(usual) is None


def test_one_too_many_is_a_problem_that_says_how_many(program: Program, scarce: Any) -> None:
    shouted = {**scarce, "customer": {"email": "ADA@example.org", "name": "Ada"}}
    assert program.order(scarce).status_code == program.order(shouted).status_code == 201

    answer = program.order(scarce, key="k1")

    assert answer.status_code == 422
    assert answer.json["type"].endswith("/over_customer_limit")
    assert answer.json["field"] == "items"
    assert "at most 4" in answer.json["detail"]
    assert "has 4 already" in answer.json["detail"]
    assert program.order(scarce, key="k1").data == answer.data
    assert held(scarce) == 4


def test_who_asks_many_times_at_once_gets_no_more(app: Any, program: Program, scarce: Any) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda _: Program(app, program.key).order(scarce), range(AT_ONCE))
        statuses = sorted(each.status_code for each in answers)

    assert statuses == [201] * 2 + [422] * (AT_ONCE - 2)
    assert held(scarce) == 4
