"""Who the browser belongs to, through Flask-Login; the sign-in itself is a row of accounts."""

from flask import Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from core import accounts
from core.accounts import Visitor
from core.database import binding


def recognise(app: Flask, kind: str) -> None:
    """Know visitors of this kind by their cookie."""
    manager = LoginManager()
    manager.session_protection = None  # type: ignore[assignment]  # addresses of phones change; the token is what counts
    manager.user_loader(lambda token: _find(kind, token))
    manager.init_app(app)

    @app.context_processor
    def offer() -> dict[str, object]:
        return {kind: current_visitor()}


def _find(kind: str, token: str) -> Visitor | None:
    if kind == "customer" and binding() is None:
        return None  # a closed shop has no customers, and its refusal is still a page
    return accounts.find_visitor(kind, token)


def current_visitor() -> Visitor | None:
    """Who is signed in, or None. Raises nothing where the door has no visitors."""
    visitor = current_user._get_current_object() if current_user else None
    return visitor if isinstance(visitor, Visitor) else None


def remember(kind: str, token: str) -> None:
    """Sign the browser in: a fresh session, so that a planted one is worth nothing."""
    session.clear()
    visitor = accounts.find_visitor(kind, token)
    assert visitor is not None
    login_user(visitor)
    session.permanent = True


def forget() -> None:
    """Sign the browser out, here and on the server."""
    visitor = current_visitor()
    if visitor:
        accounts.sign_out(visitor)
    logout_user()
    session.clear()


def require_visitor(sign_in: str) -> ResponseReturnValue | None:
    """Send strangers to the sign-in page, and back to where they wanted to go."""
    if current_visitor() is not None:
        return None
    return redirect(url_for(sign_in, next=request.full_path if request.method == "GET" else "/"))
