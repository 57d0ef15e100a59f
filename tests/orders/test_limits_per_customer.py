"""So many tickets for one customer: when placing, when naming, and at the same moment."""

from functools import partial

import pytest

from core import boxoffice, catalogue, orders, payments, tenancy, tickets
from core.catalogue import Show
from core.database import transaction
from core.errors import Invalid
from core.orders import Order, OverCustomerLimit, Wish
from tests import world
from tests.at_once import at_once
from tests.browsing import Browser

GUESTS = 6


def name(reference: str, email: str = "ada@example.org") -> None:
    """As the storefront does."""
    boxoffice.at_the_till(
        lambda: orders.name_customer(
            orders.get_by_reference(reference), name="Ada Lovelace", email=email
        )
    )


def unnamed(show: Show, quantity: int) -> str:
    return world.place(show, quantity, email=None, name=None).reference


def has(show: Show, email: str = "ada@example.org") -> int:
    (standard,) = catalogue.ticket_types(world.fresh(show))
    return orders.tickets_of([email], [], [standard.id]).count(
        standard.id, email=email, customer_id=None
    )


def test_a_customer_may_have_so_many_in_all_orders_together(scarce: Show) -> None:
    world.place(scarce, 3)
    world.place(scarce, 1, email="ADA@example.org")

    with pytest.raises(OverCustomerLimit, match="has 4 already") as it:
        world.place(scarce, 1)

    assert it.value.field == f"quantity-{catalogue.ticket_types(scarce)[0].reference}"
    assert has(scarce) == 4
    assert world.place(scarce, 4, email="grace@example.org").state == "held"


def test_an_account_may_have_so_many_under_whatever_address(scarce: Show) -> None:
    customer_id = world.add_customer().id
    world.place(scarce, 4, email="grace@example.org", customer_id=customer_id)

    with pytest.raises(OverCustomerLimit):
        world.place(scarce, 1, customer_id=customer_id)


def test_what_was_let_go_can_be_had_again(scarce: Show) -> None:
    first = world.place(scarce, 4)
    boxoffice.at_the_till(lambda: orders.cancel(first, reason="a test"))

    assert world.place(scarce, 4).state == "held"


def test_who_asks_many_times_at_once_gets_no_more(scarce: Show, reseller: tenancy.Tenant) -> None:
    wanted = [orders.Wanted(catalogue.ticket_types(scarce)[0].reference, 2)]
    wish = Wish(scarce.reference, wanted, channel="api", name="Ada", email="ada@example.org")

    outcomes = at_once(reseller, [partial(orders.place, wish)] * GUESTS)

    refused = [each for each in outcomes if isinstance(each, OverCustomerLimit)]
    assert len(refused) == GUESTS - 2, outcomes
    assert has(scarce) == 4


def test_who_holds_without_a_name_is_asked_when_giving_it(scarce: Show) -> None:
    world.place(scarce, 3)
    reference = unnamed(scarce, 2)

    with pytest.raises(OverCustomerLimit, match="has 3 already") as it:
        name(reference)

    assert it.value.field == "email"
    order = orders.get_by_reference(reference)
    assert (order.state, order.name, order.email) == ("held", None, None)
    assert {each.holder for each in tickets.of_order(order.id)} == {None}
    name(reference, "grace@example.org")
    assert world.fresh(order).email == "grace@example.org"


def test_a_name_can_be_given_again(scarce: Show) -> None:
    reference = unnamed(scarce, 4)
    name(reference)

    name(reference, "ADA@example.org")

    assert has(scarce) == 4


def test_an_account_that_buys_for_another_is_asked_for_both(scarce: Show) -> None:
    customer_id = world.add_customer().id
    world.place(scarce, 3, email="grace@example.org")
    order = world.place(scarce, 2, customer_id=customer_id)

    with pytest.raises(OverCustomerLimit):
        name(order.reference, "grace@example.org")


def test_of_guests_who_give_the_same_address_at_once_one_may(
    scarce: Show, reseller: tenancy.Tenant
) -> None:
    references = [unnamed(scarce, 3) for _ in range(GUESTS)]

    outcomes = at_once(reseller, [partial(name, each) for each in references])

    assert [each for each in outcomes if each is None] == [None], outcomes
    assert has(scarce) == 3


def test_money_that_comes_late_is_honoured_over_the_limit(scarce: Show) -> None:
    """docs/decisions/0009: it bought tickets that are there, and it was paid in good faith."""
    first = world.place(scarce, 4)
    intents = [world.intent_for(world.open_payment(first))]
    _lapse(first)
    intents.append(world.intent_for(world.open_payment(world.place(scarce, 4))))

    for intent in reversed(intents):
        assert boxoffice.at_the_till(partial(payments.settle, intent)) == "paid"
    assert has(scarce) == 8
    with pytest.raises(OverCustomerLimit, match="has 8 already"):
        world.place(scarce, 1)


def test_the_page_explains_and_the_hold_stays(scarce: Show, browser: Browser) -> None:
    world.place(scarce, 4)
    reference = unnamed(scarce, 1)
    details = f"/orders/{reference}/payment?step=details"

    page = browser.post(
        f"/orders/{reference}/customer",
        seen_on=details,
        data={"name": "Ada Lovelace", "email": "Ada@example.org"},
    )

    assert page.status_code == 422
    assert "at most 4 for one customer" in page.text
    assert 'value="Ada@example.org"' in page.text
    assert orders.get_by_reference(reference).state == "held"


def test_the_show_says_how_many_one_customer_may_have(scarce: Show, browser: Browser) -> None:
    page = browser.get(f"/shows/{scarce.slug}").text

    assert "At most 4 for one customer" in page
    assert 'max="4"' in page


def test_a_show_without_such_a_limit_says_nothing_of_it(show: Show, browser: Browser) -> None:
    assert "for one customer" not in browser.get(f"/shows/{show.slug}").text


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"per_customer_limit": 0}, "1 to 1000"),
        ({"per_customer_limit": -1}, "1 to 1000"),
        ({"per_customer_limit": 1001}, "1 to 1000"),
        ({"per_order_limit": 5, "per_customer_limit": 4}, "only 4 in all"),
        ({"per_order_limit": 0}, "1 to 100"),
        ({"per_order_limit": 101}, "1 to 100"),
    ],
    ids=str,
)
def test_limits_that_make_no_sense_are_refused(
    show: Show, limits: dict[str, int], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence), transaction():
        world.add_type(show, name="Odd", **limits)


@pytest.mark.parametrize(
    ("limits", "per_order"),
    [({}, 8), ({"per_customer_limit": 3}, 3), ({"per_customer_limit": 20}, 8)],
    ids=str,
)
def test_an_order_has_no_more_than_a_customer_may(
    show: Show, limits: dict[str, int], per_order: int
) -> None:
    with transaction():
        added = world.add_type(show, name="Fine", **limits)

        assert added.per_order_limit == per_order


def _lapse(order: Order) -> None:
    with transaction():
        order.expires_at = order.placed_at
