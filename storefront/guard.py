"""Who may enter: anyone, into the storefront the host leads to, and only that reseller's data."""

import contextlib

from flask import Flask, g, request

from core import actors, tenancy
from core.errors import NotFound, Unavailable
from core.tenancy import ResellerState, Tenant
from themes import Tokens


class Closed(Unavailable):
    code = "storefront_closed"
    title = "This storefront is closed for now"


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
        is_asset = request.endpoint in {"static", "themes.css"}
        if tenant.state == ResellerState.PAUSED and not is_asset:
            raise Closed("No tickets are sold here at the moment. Please come back later.")

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        inside: contextlib.ExitStack | None = g.pop("inside", None)
        if inside is not None:
            inside.close()

    @app.context_processor
    def offer() -> dict[str, object]:
        tenant: Tenant | None = g.get("tenant")
        tokens = Tokens(**tenant.tokens) if tenant else None
        return {"reseller": tenant, "display_file": tokens.display_file if tokens else None}
