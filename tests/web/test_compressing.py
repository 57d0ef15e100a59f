"""What is large, public and made of text goes out compressed; pages do not."""

import gzip

import pytest

from tests import world
from tests.storefront.conftest import sign_in

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def paths(browser, show):
    page = browser.get(f"/shows/{show.slug}").text
    script = next(part for part in page.split('"') if part.startswith("/static/storefront/st"))
    style = next(part for part in page.split('"') if "/static/themes/stage/style" in part)
    return [script, style, f"/shows/{show.slug}/poster.svg"]


def test_assets_and_posters_are_compressed_for_who_can_read_it(browser, show):
    for path in paths(browser, show):
        plain = browser.get(path)
        packed = browser.get(path, headers=GZIP)

        assert packed.status_code == plain.status_code == 200, path
        assert packed.headers.get("Content-Encoding") == "gzip", path
        assert "Content-Encoding" not in plain.headers, path
        assert gzip.decompress(packed.data) == plain.data, path
        assert len(packed.data) < len(plain.data)
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert packed.mimetype == plain.mimetype
        assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"]
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding", path


def test_each_form_has_a_name_of_its_own_and_is_sent_once(browser, show):
    for path in paths(browser, show):
        plain, packed = browser.get(path), browser.get(path, headers=GZIP)

        assert plain.headers["ETag"] != packed.headers["ETag"], path
        again = browser.get(path, headers={**GZIP, "If-None-Match": packed.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "nonsense;;q=x"])
def test_who_cannot_read_it_gets_it_plain(browser, accepted):
    answer = browser.get("/static/themes/stage/style.css", headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert b"--" in answer.data


def test_pages_carry_secrets_beside_what_others_choose_and_stay_plain(browser, show):
    for path in ("/", f"/shows/{show.slug}", "/sign-in?next=/guess"):
        assert "Content-Encoding" not in browser.get(path, headers=GZIP).headers


def test_what_is_small_or_packed_already_stays_as_it_is(browser):
    for path in (
        "/static/icon.svg",
        "/theme.css",
        "/static/vendor/instrument-sans-latin-wght-normal.woff2",
    ):
        answer = browser.get(path, headers=GZIP)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_what_is_public_carries_no_cookie_of_anybody(browser, show):
    world.add_customer()
    sign_in(browser)

    for path in [*paths(browser, show), "/static/vendor/anton-latin-400-normal.woff2"]:
        answer = browser.get(path, headers=GZIP)
        assert "public" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
