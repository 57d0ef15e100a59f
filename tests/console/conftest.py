"""One of us at the console."""

import secrets
from typing import Any

import pytest

from core import accounts, tenancy
from core.database import transaction
from tests import world
from tests.browsing import Browser
from tests.dashboard.conftest import from_anywhere

HOST = "admin.localhost"


def sign_in(app: Any, role: str = "operator") -> Browser:
    email = f"{role}-{secrets.token_hex(4)}@ticket-to-serve.example"
    with tenancy.on_platform(), transaction():
        accounts.add_admin(email=email, name="Alan", role=role, password=world.PASSWORD)
    admin = Browser(app, host=HOST)
    answer = admin.post(
        "/sign-in",
        seen_on="/sign-in",
        data={"email": email, "password": world.PASSWORD},
        environ_overrides=from_anywhere(),
    )
    assert answer.status_code == 303, answer.text
    return admin


@pytest.fixture
def admin(app: Any) -> Browser:
    return sign_in(app)
