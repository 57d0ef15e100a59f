"""SMTP_URL is read as operators write it, and a password goes over no open line."""

import pytest

from core.mail.delivering import Server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", Server("mail.example", 25, False, None, None)),
        (
            "smtp://us%40er:p%3Aw%2F@mail.example:587",
            Server("mail.example", 587, False, "us@er", "p:w/"),
        ),
        ("smtps://u:p@mail.example", Server("mail.example", 465, True, "u", "p")),
        ("smtp://[::1]:2525", Server("::1", 2525, False, None, None)),
    ],
)
def test_a_url_names_the_server(url: str, expected: Server) -> None:
    assert Server.of(url) == expected


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("mail.example", False)],
)
def test_only_this_machine_may_hear_a_password_in_clear(host: str, is_here: bool) -> None:
    assert Server(host, 25, False, "u", "p").is_here is is_here
