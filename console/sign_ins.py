"""Admins signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import accounts
from core.accounts import WrongPassword
from core.web import forget_visitor, form_text, limit_sign_ins, remember, safe_next

bp = Blueprint("sign_ins", __name__)
out = Blueprint("sign_outs", __name__)


@bp.get("/sign-in")
def new() -> ResponseReturnValue:
    return _page()


@bp.post("/sign-in")
@limit_sign_ins
def create() -> ResponseReturnValue:
    email = form_text("email")
    try:
        token = accounts.sign_in_admin(
            email, request.form.get("password", ""), user_agent=request.user_agent.string
        )
    except WrongPassword as refusal:
        return _page(email=email, refusal=refusal)
    remember("admin", token)
    return redirect(safe_next(url_for("resellers.index")), 303)


@out.post("/sign-out", endpoint="create")
def create_out() -> ResponseReturnValue:
    forget_visitor()
    return redirect(url_for("sign_ins.new"), 303)


def _page(*, email: str = "", refusal: WrongPassword | None = None) -> ResponseReturnValue:
    return render_template(
        "web/sign_in.html",
        action_url=url_for("sign_ins.create"),
        errors=[(refusal.field, str(refusal))] if refusal else [],
        entered={"email": email},
        next_url=safe_next(""),
    ), refusal.status if refusal else 200
