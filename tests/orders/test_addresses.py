"""The short way of reading an e-mail address says what the library says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.orders import clean_email
from core.orders.naming import _clean

LOCAL = st.text("aZ09_+-.", min_size=1, max_size=66)
DOMAIN = st.sampled_from(
    [
        "example.org",
        "EXAMPLE.org",
        "münchen.de",
        "x",
        "a..b",
        "-a.de",
        "example.test",
        "[127.0.0.1]",
    ]
)


@given(LOCAL, DOMAIN)
def test_both_ways_agree(local, domain):
    address = f"{local}@{domain}"

    assert outcome(clean_email, address) == outcome(_clean, address)


@pytest.mark.parametrize("address", ["", "a", "@", "a@", "@b.de", "a@b@c.de", "a b@c.de", "ä@c.de"])
def test_odd_ones_too(address):
    assert outcome(clean_email, address) == outcome(_clean, address)


def outcome(read, address):
    try:
        return read(address)
    except (Invalid, ValueError):
        return None
