"""Who may enter the API, and how far."""

from typing import Any

import pytest
import sqlalchemy as sa

import api
from api import permissions
from core import accounts, tenancy
from core.database import db, transaction
from core.tenancy import Tenant
from tests.api.conftest import Program, key_for


def test_every_endpoint_is_in_the_table(app: Any) -> None:
    endpoints = {rule.endpoint for rule in api.create_door().url_map.iter_rules()}

    assert endpoints == set(permissions.SCOPES) | permissions.OPEN


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer tts_test_wrong", "Bearer " + "x" * 9999],
)
def test_without_a_key_that_is_ours_nothing_is_told(stranger: Program, header: str) -> None:
    answer = stranger.get("/v1/orders", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_does_what_its_scopes_say(app: Any, reseller: Tenant, wish: Any) -> None:
    reader = Program(app, key_for(reseller, ["shows:read"]))

    assert reader.get("/v1/shows").status_code == 200
    assert reader.get("/v1/orders").status_code == 403
    assert reader.order(wish).status_code == 403


def test_an_unknown_path_is_a_problem_too(stranger: Program) -> None:
    answer = stranger.get("/v2/shows")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_stripes_notices_need_a_signature_and_no_key(stranger: Program) -> None:
    answer = stranger.post("/stripe/notices", b"{}")

    assert answer.status_code == 400
    assert answer.json["type"].endswith("bad_signature")


def test_what_is_next_door_looks_like_what_is_missing(
    app: Any, program: Program, neighbour: Tenant, order: Any, show: Any
) -> None:
    next_door = Program(app, key_for(neighbour))
    missing_order, missing_show = "ord_" + "0" * 26, "shw_" + "0" * 26
    cases = [
        ("GET", f"/v1/orders/{order.reference}", f"/v1/orders/{missing_order}"),
        ("GET", f"/v1/orders/{order.reference}", "/v1/orders/rubbish%00"),
        ("GET", f"/v1/shows/{show.reference}", f"/v1/shows/{missing_show}"),
        ("GET", f"/v1/shows/{show.reference}", "/v1/shows/%F0%9F%8E%AB"),
        (
            "GET",
            f"/v1/shows/{show.reference}/ticket-types",
            f"/v1/shows/{missing_show}/ticket-types",
        ),
        (
            "POST",
            f"/v1/orders/{order.reference}/cancellation",
            f"/v1/orders/{missing_order}/cancellation",
        ),
        ("POST", f"/v1/orders/{order.reference}/payment", f"/v1/orders/{missing_order}/payment"),
    ]
    for method, theirs, nobodys in cases:
        foreign, missing = next_door.open(method, theirs), next_door.open(method, nobodys)
        assert foreign.status_code == missing.status_code == 404
        assert _without_request_id(foreign.json) == _without_request_id(missing.json)
        assert len(foreign.data) == len(missing.data)


def _without_request_id(problem: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in problem.items() if key != "request_id"}


def test_a_paused_reseller_sells_nothing_and_reads_everything(
    app: Any, reseller: Tenant, wish: Any
) -> None:
    with tenancy.on_platform(), transaction():
        db.session.execute(
            sa.update(tenancy.Reseller)
            .where(tenancy.Reseller.id == reseller.id)
            .values(state=tenancy.ResellerState.PAUSED)
        )
    program = Program(app, key_for(reseller))

    assert program.get("/v1/shows").status_code == 200
    assert program.order(wish).json["type"].endswith("/sales_paused")


def test_a_paused_reseller_tells_again_what_it_had_sold(
    app: Any, reseller: Tenant, wish: Any
) -> None:
    program = Program(app, key_for(reseller))
    before = program.order(wish, key="k1")
    with tenancy.on_platform(), transaction():
        db.session.execute(
            sa.update(tenancy.Reseller)
            .where(tenancy.Reseller.id == reseller.id)
            .values(state=tenancy.ResellerState.PAUSED)
        )
    accounts.forget_keys()

    again = program.order(wish, key="k1")

    assert (again.status_code, again.text) == (201, before.text)
    assert program.order(wish, key="k2").json["type"].endswith("/sales_paused")
