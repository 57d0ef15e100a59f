"""Making accounts."""

from typing import TypeVar

import sqlalchemy as sa

from core.accounts.models import Admin, Customer, Member
from core.accounts.passwords import hash_password
from core.database import db
from core.errors import Conflict

Account = TypeVar("Account", Admin, Customer, Member)

ROLES = frozenset({"owner", "manager", "accountant", "box_office"})
ADMIN_ROLES = frozenset({"support", "finance", "operator"})


class AddressTaken(Conflict):
    code = "address_taken"


def add_member(*, reseller_id: int, email: str, name: str, role: str, password: str) -> Member:
    """Give a person of a reseller an account. On the platform. Raises AddressTaken, Invalid."""
    if role not in ROLES:
        raise ValueError(role)
    return _add(
        Member(
            reseller_id=reseller_id,
            email=email.lower(),
            name=name,
            role=role,
            password_hash=hash_password(password),
        )
    )


def add_admin(*, email: str, name: str, role: str, password: str) -> Admin:
    """Give one of us an account. On the platform. Raises AddressTaken, Invalid."""
    if role not in ADMIN_ROLES:
        raise ValueError(role)
    return _add(
        Admin(email=email.lower(), name=name, role=role, password_hash=hash_password(password))
    )


def add_customer(*, email: str, name: str, password: str) -> Customer:
    """Give a buyer an account at the bound reseller. Raises AddressTaken, Invalid."""
    return _add(Customer(email=email.lower(), name=name, password_hash=hash_password(password)))


def _add(account: Account) -> Account:
    db.session.add(account)
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        raise AddressTaken("There is an account with this address already.") from error
    return account
