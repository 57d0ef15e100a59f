"""Engines by cell, sessions bound to one schema, and transaction(): the only way to commit.

Every transaction begins by binding itself to one schema and one role, so that a query can read
nothing else; without a binding it does not begin at all (docs/decisions/0002).
"""

import contextlib
import contextvars
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import psycopg
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

from core import settings

PLATFORM = "platform"
SAFE_NAME = re.compile(r"^(platform|r_[a-z2-7]{16})$")
POOL_TIMEOUT_SECONDS = 3
CONNECTION_LIFETIME_SECONDS = 900
"""A backend remembers every schema it has touched (0.5 MB each): begin afresh now and then."""


SILENCE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""When a server that says nothing counts as gone: seconds, and milliseconds for what was sent."""


class Unbound(RuntimeError):
    """A transaction was begun with no reseller (nor the platform) bound to it."""


class Model(DeclarativeBase):
    """Base of all tables. Those of a reseller have no schema: the binding says whose they are."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it as declared
        datetime: sa.DateTime(timezone=True),
        int: sa.BigInteger(),
        str: sa.Text(),
    }


@dataclass(frozen=True, eq=False)
class Binding:
    """Where the transactions begun under it may look: one cell, one schema, one role.

    Compared by identity: each entry into a binding has its own session.
    """

    cell: str
    schema: str
    role: str | None

    def statements(self) -> str:
        """SQL that binds a transaction. SET takes no snapshot, so a lock can still come first."""
        names = [self.schema] + ([self.role] if self.role else [])
        if not all(SAFE_NAME.match(name) for name in names):
            raise ValueError(f"not a schema of ours: {names}")
        role = f'; SET LOCAL ROLE "{self.role}"' if self.role else ""
        return f'SET LOCAL search_path TO "{self.schema}"{role}'


_binding: contextvars.ContextVar[Binding | None] = contextvars.ContextVar("binding", default=None)


def binding() -> Binding | None:
    return _binding.get()


@contextlib.contextmanager
def bound(to: Binding) -> Iterator[None]:
    """Everything inside reads and writes there only; the session is its own and ends with it."""
    token = _binding.set(to)
    try:
        yield
    finally:
        try:
            _end_session()
        finally:
            _binding.reset(token)


def _end_session() -> None:
    try:
        db.session.remove()
    except sa.exc.DBAPIError:  # its connection was cut, and what it had not committed is undone
        db.session().invalidate()
        db.session.remove()


def app_role(database_url: str) -> tuple[str, str]:
    """Name and password of the login role that serves requests; made by the migrations."""
    name = f"{sa.make_url(database_url).database}_app"
    key = settings.load().secret_key.encode()
    return name, hmac.new(key, b"database role " + name.encode(), hashlib.sha256).hexdigest()


def _engine(url: sa.URL, **options: Any) -> sa.Engine:
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "prepare_threshold": None,  # PgBouncer, and a search_path that changes all the time
            "connect_timeout": 3,
            "application_name": "ticket-to-serve",
            **SILENCE,
        },
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_recycle=CONNECTION_LIFETIME_SECONDS,
        pool_pre_ping=True,
        **options,
    )


@lru_cache(maxsize=64)
def engine(cell: str) -> sa.Engine:
    """The engine that serves requests in this cell; its role owns nothing."""
    urls = settings.load().all_cells[cell]
    if urls.database_app_url:
        url = sa.make_url(urls.database_app_url)
    else:
        name, password = app_role(urls.database_url)
        url = sa.make_url(urls.database_url).set(username=name, password=password)
    return _engine(url, pool_size=settings.load().pool_size, max_overflow=0, pool_use_lifo=True)


@lru_cache(maxsize=64)
def owner_engine(cell: str) -> sa.Engine:
    """The engine that migrates and opens resellers. Nothing that serves a request uses it."""
    url = sa.make_url(settings.load().all_cells[cell].database_url)
    return _engine(url, pool_size=1, max_overflow=4)


class BoundSession(FlaskSession):
    """A session whose connection is chosen by the binding in force."""

    def get_bind(self, *_: Any, **__: Any) -> sa.Engine:
        current = _binding.get()
        if current is None:
            raise Unbound("No reseller is bound: enter tenancy.bound_to(reseller) first.")
        return engine(current.cell)


db = SQLAlchemy(
    session_options={"class_": BoundSession, "scopefunc": lambda: id(_binding.get())},
)


@sa.event.listens_for(BoundSession, "after_begin")
def _bind(_: Session, __: SessionTransaction, connection: sa.Connection) -> None:
    current = _binding.get()
    if current is None:
        raise Unbound("No reseller is bound: enter tenancy.bound_to(reseller) first.")
    # On the raw connection: session.execute would flush pending rows before they are bound.
    driver_connection(connection).execute(current.statements(), prepare=False)


def driver_connection(connection: sa.Connection) -> psycopg.Connection[Any]:
    """psycopg's own connection, for what SQLAlchemy has no words for."""
    driver: psycopg.Connection[Any] | None = connection.connection.driver_connection
    if driver is None:
        raise Unbound("The connection is gone.")
    return driver


def copy_rows(table: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write many rows in the bound transaction by COPY: a third of what INSERT costs.

    Values are those of `columns`, JSON as text; columns that are left out get their defaults.
    Raises what a statement raises.
    """
    names = ", ".join(columns)
    statement = f"COPY {table.__tablename__} ({names}) FROM STDIN"
    driver = driver_connection(db.session.connection())
    try:
        with driver.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg.Error) from error


@contextlib.contextmanager
def transaction() -> Iterator[None]:
    """Commit what happens inside, or none of it. For doors and jobs; no network inside."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
