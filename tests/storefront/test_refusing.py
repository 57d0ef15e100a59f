"""Who is signed in reads refusals like everybody else: with their status, in words."""

from core.tenancy import ResellerState
from tests.browsing import TOKEN
from tests.storefront.conftest import field, from_anywhere, mark


def test_an_expired_form_says_so_to_who_is_signed_in(ada, show):
    answer = ada.post(f"/shows/{show.slug}/orders", data={field(show): "1", "csrf_token": "old"})

    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert "Sign out" in answer.text


def test_a_body_that_is_too_large_is_refused_to_who_is_signed_in(ada, show):
    for path in (f"/shows/{show.slug}/orders", "/sign-in"):
        answer = ada.open(path, method="POST", data={"email": "x" * 300_000})

        assert answer.status_code == 413, path
        assert "That is too much" in answer.text


def test_a_closed_shop_is_not_found_by_who_was_signed_in(ada, reseller):
    mark(reseller, ResellerState.CLOSED)

    answer = ada.get("/my-tickets")

    assert answer.status_code == 404
    assert "no such storefront" in answer.text


def test_who_is_signed_in_is_asked_to_slow_down(ada, show):
    address = from_anywhere()
    page = f"/shows/{show.slug}"
    form = {"csrf_token": TOKEN.search(ada.get(page).text).group(1)}
    for _ in range(60):
        answer = ada.post(f"{page}/orders", data=form, environ_overrides=address)
    assert answer.status_code == 422

    answer = ada.post(f"{page}/orders", data=form, environ_overrides=address)

    assert answer.status_code == 429
    assert "Slowly, please" in answer.text
    assert answer.headers["Retry-After"]


def test_a_page_that_is_not_there_is_not_found_by_who_is_signed_in(ada):
    answer = ada.get("/nothing/here")

    assert answer.status_code == 404
    assert "Sign out" in answer.text
