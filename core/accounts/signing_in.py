"""Signing in and out. The browser holds a random token; what it stands for is a row of ours."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin

from core.accounts.models import Admin, Customer, CustomerSignIn, Member, PanelSignIn
from core.accounts.passwords import check_password
from core.clock import now
from core.database import db, transaction
from core.errors import Invalid
from core.tenancy import on_platform

CUSTOMER_DAYS = 30
PANEL_HOURS = 12
MAX_USER_AGENT = 200


class WrongPassword(Invalid):
    """The same words whether the address or the password was wrong."""

    code = "wrong_password"
    title = "That did not work"

    def __init__(self) -> None:
        super().__init__("This address and password do not belong together.", field="password")


@dataclass
class Visitor(UserMixin):
    """Somebody signed in, as the doors see them: plain values."""

    token: str
    kind: str
    """'customer', 'member' or 'admin'."""
    person_id: int
    reference: str
    name: str
    email: str
    role: str = ""
    reseller_id: int | None = None

    def get_id(self) -> str:
        return self.token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _person(model: Any, email: str, password: str) -> Any:
    person = db.session.scalars(
        sa.select(model).where(model.email == email.strip().lower(), model.closed_at.is_(None))
    ).one_or_none()
    found = person.password_hash if person else None
    db.session.rollback()  # nothing is held open while the hash takes its time
    if not check_password(password, found):
        raise WrongPassword
    return person


def sign_in_customer(email: str, password: str, *, user_agent: str) -> str:
    """The token for a customer of the bound reseller. Raises WrongPassword."""
    person = _person(Customer, email, password)
    token = secrets.token_urlsafe(32)
    with transaction():
        db.session.add(
            CustomerSignIn(
                token_hash=_hash(token),
                customer_id=person.id,
                user_agent=user_agent[:MAX_USER_AGENT],
                expires_at=now() + timedelta(days=CUSTOMER_DAYS),
            )
        )
    return token


def _sign_in_panel(model: Any, kind: str, email: str, password: str, user_agent: str) -> str:
    token = secrets.token_urlsafe(32)
    with on_platform():
        person = _person(model, email, password)
        with transaction():
            db.session.add(
                PanelSignIn(
                    token_hash=_hash(token),
                    kind=kind,
                    person_id=person.id,
                    user_agent=user_agent[:MAX_USER_AGENT],
                    expires_at=now() + timedelta(hours=PANEL_HOURS),
                )
            )
    return token


def sign_in_member(email: str, password: str, *, user_agent: str) -> str:
    """The token for a member of any reseller. Raises WrongPassword."""
    return _sign_in_panel(Member, "member", email, password, user_agent)


def sign_in_admin(email: str, password: str, *, user_agent: str) -> str:
    """The token for one of us. Raises WrongPassword."""
    return _sign_in_panel(Admin, "admin", email, password, user_agent)


def find_visitor(kind: str, token: str) -> Visitor | None:
    """Whom a token stands for, unless it has ended. Customers: with their reseller bound.

    Members and admins are the platform's, wherever they are looked up from.
    """
    if kind == "customer":
        return _visitor(Customer, CustomerSignIn, CustomerSignIn.customer_id, kind, token)
    model = {"member": Member, "admin": Admin}[kind]
    with on_platform():
        return _visitor(
            model, PanelSignIn, PanelSignIn.person_id, kind, token, PanelSignIn.kind == kind
        )


def _visitor(
    model: Any, sign_in: Any, person_id: Any, kind: str, token: str, *also: sa.ColumnElement[bool]
) -> Visitor | None:
    person = db.session.scalars(
        sa.select(model)
        .join(sign_in, person_id == model.id)
        .where(
            sign_in.token_hash == _hash(token),
            sign_in.expires_at > sa.func.clock_timestamp(),
            model.closed_at.is_(None),
            *also,
        )
    ).one_or_none()
    if person is None:
        return None
    return Visitor(
        token=token,
        kind=kind,
        person_id=person.id,
        reference=person.reference,
        name=person.name,
        email=person.email,
        role=getattr(person, "role", ""),
        reseller_id=getattr(person, "reseller_id", None),
    )


def sign_out(visitor: Visitor) -> None:
    """End this browser's sign-in, on the server too."""
    if visitor.kind == "customer":
        _end(CustomerSignIn, visitor.token)
    else:
        with on_platform():
            _end(PanelSignIn, visitor.token)


def _end(sign_in: Any, token: str) -> None:
    with transaction():
        db.session.execute(sa.delete(sign_in).where(sign_in.token_hash == _hash(token)))


def forget_ended_sign_ins() -> None:
    """Forget the ended sign-ins of the bound reseller's customers."""
    db.session.execute(
        sa.delete(CustomerSignIn).where(CustomerSignIn.expires_at < sa.func.clock_timestamp())
    )
