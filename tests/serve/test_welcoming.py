"""The person at the terminal reads every address and login of the demo."""

import re

from serve import welcoming

DEMO = {
    "api_base_url": "http://api.localhost:8000",
    "admin": {"url": "http://admin.localhost:8000", "email": "a@x", "password": "pa"},
    "mailbox": {"url": "http://mail.localhost:8000"},
    "stripe": {"page": "http://localhost:8001/sandbox"},
    "resellers": [
        {
            "name": "Lindenhof",
            "storefront_url": "http://lindenhof.localhost:8000",
            "dashboard_url": "http://dashboard.localhost:8000",
            "members": [{"email": "o@x", "password": "po", "role": "owner"}],
            "customer": {"email": "c@x", "password": "pc"},
            "api_key": "key_1",
        }
    ],
}


def test_every_address_and_login_is_in_the_table():
    text = "\n".join(welcoming.table(list(welcoming.rows(DEMO))))

    assert re.search(r"^Lindenhof +http://lindenhof\.localhost:8000 +c@x / pc$", text, re.MULTILINE)
    assert "o@x / po" in text
    assert "a@x / pa" in text
    for address in ("admin", "api", "mail", "dashboard"):
        assert f"http://{address}.localhost:8000" in text


def test_columns_line_up():
    assert welcoming.table([("a", "bb", "c"), ("aaa", "b", "d")]) == ["a    bb  c", "aaa  b   d"]


def test_without_a_demo_there_is_no_table():
    assert welcoming.table(list(welcoming.rows({}))) == []
