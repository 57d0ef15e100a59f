"""Who may enter: programs with a key, into the data of the reseller whose key it is."""

import contextlib

from flask import Flask, Response, g, request

from api import permissions
from core import accounts, actors, tenancy
from core.accounts import Caller
from core.errors import Conflict, Refused
from core.tenancy import ResellerState

NOT_NOW = "No tickets are sold at the moment."
REALM = 'Bearer realm="Ticket to Serve"'


class NoKey(Refused):
    status = 401
    code = "unauthenticated"
    title = "Who is asking?"


class NotAllowed(Refused):
    status = 403
    code = "not_allowed"
    title = "This key may not do that"


class Paused(Conflict):
    code = "sales_paused"
    title = "Sales are paused"


def stand(app: Flask) -> None:
    @app.before_request
    def enter() -> None:
        if request.endpoint is None or request.endpoint in permissions.OPEN:
            return
        caller = _caller()
        _check(caller, request.endpoint)
        g.inside = contextlib.ExitStack()
        g.inside.enter_context(tenancy.bound_to(caller.tenant))
        g.inside.enter_context(actors.acting_as(f"key {caller.reference}"))
        g.caller, g.tenant = caller, caller.tenant

    @app.after_request
    def say_how(response: Response) -> Response:
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = REALM
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        inside: contextlib.ExitStack | None = g.pop("inside", None)
        if inside is not None:
            inside.close()


def _caller() -> Caller:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise NoKey("Send your API key: 'Authorization: Bearer tts_…'.")
    caller = accounts.find_key(given.token)
    if caller is None:
        raise NoKey("There is no such API key, or it has been revoked.")
    return caller


def _check(caller: Caller, endpoint: str) -> None:
    scope = permissions.SCOPES.get(endpoint)
    if scope is None or scope not in caller.scopes:
        raise NotAllowed(f"This needs a key with the scope {scope}." if scope else "Nobody may.")
    if caller.tenant.state == ResellerState.CLOSED:
        raise NotAllowed("This reseller's account is closed.")
    if endpoint in permissions.SELLING and is_paused(caller):
        raise Paused(NOT_NOW)


def is_paused(caller: Caller) -> bool:
    return caller.tenant.state == ResellerState.PAUSED
