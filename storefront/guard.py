"""Who may enter: anyone, into the storefront the host leads to, and only that reseller's data."""

import contextlib

from flask import Flask, g, request

from core import actors, tenancy
from core.errors import NotFound, Unavailable
from core.tenancy import ResellerState, Tenant
from themes import Tokens

SELLING = frozenset(
    {
        "shows.index",
        "shows.show",
        "orders.create",
        "details.create",
        "payments.show",
        "payments.create",
        "waiting_rooms.show",
        "places.create",
        "places.show",
        "passes.create",
    }
)
"""Not while the reseller is paused; what was bought stays in reach of who bought it."""


class Closed(Unavailable):
    code = "storefront_closed"
    title = "This storefront is closed for now"
    retry_after_seconds = 600


def stand(app: Flask) -> None:
    @app.before_request
    def enter() -> None:
        tenant: Tenant | None = request.environ.get("tts.tenant")
        if tenant is None or tenant.state == ResellerState.CLOSED:
            raise NotFound("There is no such storefront.")
        g.inside = contextlib.ExitStack()
        g.inside.enter_context(tenancy.bound_to(tenant))
        g.inside.enter_context(actors.acting_as("customer"))
        g.tenant = tenant
        if is_paused() and request.endpoint in SELLING:
            raise Closed(
                "No tickets are sold here at the moment. Tickets that were bought stay valid."
            )

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        inside: contextlib.ExitStack | None = g.pop("inside", None)
        if inside is not None:
            inside.close()

    @app.context_processor
    def offer() -> dict[str, object]:
        tenant: Tenant | None = g.get("tenant")
        tokens = Tokens(**tenant.tokens) if tenant else None
        return {
            "reseller": tenant,
            "is_paused": is_paused(),
            "display_file": tokens.display_file if tokens else None,
        }


def is_paused() -> bool:
    tenant: Tenant | None = g.get("tenant")
    return tenant is not None and tenant.state == ResellerState.PAUSED
