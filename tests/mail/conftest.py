"""A mail server for tests about mail."""

from collections.abc import Iterator

import pytest

from core import settings
from core.tenancy import Tenant
from tests.mail.sink import Sink, listening


@pytest.fixture
def sink(reseller: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """What SMTP_URL leads to for the length of a test."""
    with listening() as sink:
        changed = settings.load().model_copy(update={"smtp_url": sink.url})
        monkeypatch.setattr(settings, "load", lambda: changed)
        yield sink
