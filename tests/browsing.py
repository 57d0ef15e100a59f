"""A browser without a screen: Werkzeug's client, at one host, that fills in the CSRF token."""

import contextvars
import re
from typing import Any

from werkzeug.test import Client, TestResponse

from core import tenancy

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """Talks to one host; keeps cookies."""

    def __init__(self, app: Any, tenant: Any = None, *, host: str | None = None) -> None:
        self.host = host or tenancy.home_host(tenant)
        self.client = Client(app, TestResponse)

    def open(self, path: str, **options: Any) -> TestResponse:
        headers = {"Host": self.host, **options.pop("headers", {})}
        # A context of its own, as in a server: no binding of the test's is in force in there.
        return contextvars.Context().run(
            self.client.open, path, base_url=f"http://{self.host}", headers=headers, **options
        )

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="GET", **options)

    def post(self, path: str, *, seen_on: str | None = None, **options: Any) -> TestResponse:
        """Post a form as a browser would: with the token of the page it was `seen_on`."""
        fields = dict(options.pop("data", {}))
        if seen_on:
            found = TOKEN.search(self.get(seen_on).text)
            assert found, f"no form on {seen_on}"
            fields["csrf_token"] = found.group(1)
        return self.open(path, method="POST", data=fields, **options)
