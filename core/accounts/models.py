"""Accounts. Members and admins are the platform's; a customer is one reseller's alone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.database import PLATFORM, Model
from core.moves import id_column, reference_column
from core.tenancy import Reseller


class Member(Model):
    """A person of a reseller. `role`: owner, manager, accountant or box_office."""

    __tablename__ = "members"
    __table_args__ = ({"schema": PLATFORM},)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    reference: Mapped[str] = reference_column("member")
    reseller_id: Mapped[int] = mapped_column(sa.ForeignKey(Reseller.id), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    closed_at: Mapped[datetime | None]


class Admin(Model):
    """One of us. `role`: support, finance or operator."""

    __tablename__ = "admins"
    __table_args__ = ({"schema": PLATFORM},)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    reference: Mapped[str] = reference_column("admin")
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    closed_at: Mapped[datetime | None]


class Customer(Model):
    """A buyer's account at one reseller; at any other it does not exist."""

    __tablename__ = "customers"

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("customer")
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    closed_at: Mapped[datetime | None]


class PanelSignIn(Model):
    """A signed-in browser of a member or admin. The cookie has the token, we keep its hash."""

    __tablename__ = "sign_ins"
    __table_args__ = ({"schema": PLATFORM},)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    person_id: Mapped[int]
    user_agent: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    expires_at: Mapped[datetime]


class CustomerSignIn(Model):
    __tablename__ = "customer_sign_ins"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey(Customer.id))
    user_agent: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    expires_at: Mapped[datetime]


class ApiKey(Model):
    """A reseller's program. The key is shown once; we keep its hash and how it begins."""

    __tablename__ = "api_keys"
    __table_args__ = ({"schema": PLATFORM},)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    reference: Mapped[str] = reference_column("api_key")
    reseller_id: Mapped[int] = mapped_column(sa.ForeignKey(Reseller.id), index=True)
    name: Mapped[str]
    mode: Mapped[str]
    """'test' or 'live'."""
    prefix: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    revoked_at: Mapped[datetime | None]
