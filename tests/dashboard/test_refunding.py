"""Giving money back from the dashboard."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from core import accounts, boxoffice, catalogue, ledger, orders, payments, tenancy, tickets
from core.database import db
from core.payments.refunding import settle_refund
from core.payments.stripe_gateway import ProviderRefund
from core.tenancy import Tenant
from tests import world
from tests.browsing import TOKEN, Browser
from tests.dashboard.conftest import sign_in


def refund(member: Browser, reference: str, chosen: list[str], reason: str = "ill") -> Any:
    """Fill in the form of the order's page and send it."""
    token = TOKEN.search(member.get("/orders").text)
    assert token
    return member.client.post(
        f"/orders/{reference}/refunds",
        base_url=f"http://{member.host}",
        data={"ticket": chosen, "reason": reason, "csrf_token": token.group(1)},
    )


def tickets_of(reference: str) -> list[Any]:
    db.session.rollback()
    return tickets.of_order(orders.get_by_reference(reference).id)


def test_a_ticket_goes_back_and_is_on_sale_again(owner: Browser, paid: str, show: Any) -> None:
    first, second = [each.reference for each in tickets_of(paid)]

    answer = refund(owner, paid, [first])

    assert answer.status_code == 303, answer.text
    page = owner.get(f"/orders/{paid}").text
    assert "A refund of €25.00 is on its way" in page
    assert "Refund asked for" in page
    assert "1 ticket taken back" in page
    assert "Grace" in page
    states = {each.reference: each.state for each in tickets_of(paid)}
    assert states == {first: "void", second: "valid"}
    assert catalogue.published()[0].ticket_types[0].sold == 1


def test_who_asked_is_written_down(owner: Browser, reseller: Tenant, paid: str) -> None:
    first = tickets_of(paid)[0].reference

    refund(owner, paid, [first], "fell ill")

    with tenancy.on_platform():
        row = db.session.scalars(
            sa.select(accounts.AuditRow).where(accounts.AuditRow.subject == paid)
        ).one()
        assert row.act == "refund.asked"
        assert row.actor.startswith("member mem_")
        assert row.reseller == reseller.reference
        assert row.facts == {"tickets": [first], "reason": "fell ill"}


def test_the_same_ticket_goes_back_once(owner: Browser, paid: str) -> None:
    first = tickets_of(paid)[0].reference
    refund(owner, paid, [first])

    again = refund(owner, paid, [first])

    assert again.status_code == 409
    assert "still valid" in again.text
    assert len(payments.refunds_of(orders.get_by_reference(paid))) == 1


def test_without_tickets_or_reason_nothing_happens(owner: Browser, paid: str, show: Any) -> None:
    first = tickets_of(paid)[0].reference
    other = world.place(show, 1).reference
    world.pay(other)
    foreign = tickets_of(other)[0].reference
    for chosen, reason in [
        ([], "ill"),
        ([first], ""),
        ([first], "x" * 201),
        ([first], "x" * 3000),
        (["rubbish"], "ill"),
        (["tkt_\0"], "ill"),
        ([foreign], "ill"),
        ([first, foreign], "ill"),
    ]:
        answer = refund(owner, paid, chosen, reason)
        assert answer.status_code == 422, (chosen, answer.status_code)
    assert {each.state for each in tickets_of(paid)} == {"valid"}


def test_what_was_chosen_is_still_chosen_after_a_refusal(owner: Browser, paid: str) -> None:
    first = tickets_of(paid)[0].reference

    page = refund(owner, paid, [first], "").text

    assert re.search(rf'value="{first}"[^>]* checked', page)
    assert "Please give a reason" in page


@pytest.mark.parametrize("role", ["accountant", "box_office"])
def test_who_may_not_refund_finds_no_such_page(
    app: Any, reseller: Tenant, paid: str, role: str
) -> None:
    member = sign_in(app, reseller, role)
    first = tickets_of(paid)[0].reference

    assert "Refund chosen tickets" not in member.get(f"/orders/{paid}").text
    assert refund(member, paid, [first]).status_code == 404
    assert tickets_of(paid)[0].state == "valid"


def test_a_neighbour_cannot_refund(app: Any, neighbour: Tenant, paid: str) -> None:
    first = tickets_of(paid)[0].reference

    assert refund(sign_in(app, neighbour), paid, [first]).status_code == 404
    assert tickets_of(paid)[0].state == "valid"


def test_the_waterfall_ends_at_what_is_owed(owner: Browser, paid: str, show: Any) -> None:
    world.pay(world.place(show, 3).reference)
    refund(owner, paid, [each.reference for each in tickets_of(paid)])
    found = payments.refunds_of(orders.get_by_reference(paid))[0]
    refund_id, amount = found.id, found.amount_minor
    boxoffice.at_the_till(
        lambda: settle_refund(refund_id, ProviderRefund("re_test", "succeeded", amount, None))
    )

    (each,) = ledger.earnings()

    assert each.gross_minor == 12_500
    assert each.refunds_minor == 5_000
    assert each.payment_cost_minor == 200
    assert each.net_minor == each.owed_minor == 7_300
    assert each.owed_minor == -ledger.balances()["payable_pending", "EUR"]
    assert "€73.00" in owner.get("/").text


def failed_refund(member: Browser, reference: str) -> str:
    """A refund that Stripe has said no to."""
    refund(member, reference, [tickets_of(reference)[0].reference])
    asked = payments.refunds_of(orders.get_by_reference(reference))[-1]
    no = ProviderRefund(None, "failed", 0, "more than is left")
    refund_id, name = asked.id, str(asked.reference)
    boxoffice.at_the_till(lambda: settle_refund(refund_id, no))
    return name


def ask_again(member: Browser, reference: str, name: str) -> Any:
    page = f"/orders/{reference}"
    return member.post(f"{page}/refunds/{name}/repetition", seen_on=page)


def states_of(reference: str) -> list[str]:
    db.session.rollback()
    return [each.state for each in payments.refunds_of(orders.get_by_reference(reference))]


def test_a_refund_that_failed_is_asked_for_again_from_its_order(owner: Browser, paid: str) -> None:
    name = failed_refund(owner, paid)
    assert "Ask again" in owner.get(f"/orders/{paid}").text

    answer = ask_again(owner, paid, name)

    assert answer.status_code == 303
    assert states_of(paid) == ["replaced", "requested"]
    assert "Ask again" not in owner.get(f"/orders/{paid}").text


def test_a_second_click_asks_for_nothing_more(owner: Browser, paid: str) -> None:
    name = failed_refund(owner, paid)
    ask_again(owner, paid, name)

    assert ask_again(owner, paid, name).status_code == 409
    assert states_of(paid) == ["replaced", "requested"]


def test_a_refund_is_asked_for_again_under_its_own_order_only(
    owner: Browser, paid: str, show: Any
) -> None:
    name = failed_refund(owner, paid)
    other = world.place(show, 1).reference

    assert ask_again(owner, other, name).status_code == 409
    assert states_of(paid) == ["failed"]
