"""Customers signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import accounts
from core.accounts import WrongPassword
from core.web import forget_visitor, form_text, limit_sign_ins, remember, safe_next
from core.web.refusing import listed

bp = Blueprint("sign_ins", __name__)
out = Blueprint("sign_outs", __name__)


@bp.get("/sign-in")
def new() -> ResponseReturnValue:
    return _page()


@bp.post("/sign-in")
@limit_sign_ins
def create() -> ResponseReturnValue:
    try:
        token = accounts.sign_in_customer(
            form_text("email"),
            request.form.get("password", ""),
            user_agent=request.user_agent.string,
        )
    except WrongPassword as refusal:
        return _page(refusal)
    remember("customer", token)
    return redirect(safe_next(url_for("account.orders")), 303)


@out.post("/sign-out", endpoint="create")
def create_out() -> ResponseReturnValue:
    forget_visitor()
    return redirect(url_for("shows.index"), 303)


def _page(refusal: WrongPassword | None = None) -> ResponseReturnValue:
    return render_template(
        "storefront/account/sign_in.html",
        errors=listed(refusal),
        entered={"email": request.form.get("email", "")},
        next_url=safe_next(url_for("account.orders")),
    ), 422 if refusal else 200
