"""Opening a reseller: a row in the directory, a schema from the template, a role for it."""

import base64
import re
import secrets
from typing import Any

import sqlalchemy as sa

from core import references
from core.database import app_role, db, owner_engine
from core.errors import Conflict, Invalid
from core.settings import MAIN_CELL, load
from core.tenancy import template
from core.tenancy.binding import on_platform
from core.tenancy.hosts import NEVER_SLUGS, forget_hosts
from core.tenancy.models import Host, Reseller
from core.tenancy.reseller import Tenant

SLUG = re.compile(r"^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){2,39}$")
REVISION = "0004"
"""The newest revision of migrations/reseller: what the template amounts to."""


def schema_name() -> str:
    """'r_' and 80 random bits in base32: never made from what people type."""
    return f"r_{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"


def open_reseller(
    *, slug: str, cell: str = MAIN_CELL, hosts: tuple[str, ...] = (), **facts: Any
) -> Tenant:
    """Open a reseller: its schema and role exist, and its host leads to it, when this returns.

    `facts` are columns of Reseller. Raises Invalid for a slug that cannot be a host label,
    Conflict for one that is taken. A crash half-way leaves a schema that nothing points to.
    """
    if not SLUG.match(slug) or slug in NEVER_SLUGS:
        raise Invalid("An address has 3 to 40 letters, digits or hyphens.", field="slug")
    schema = schema_name()
    _make_schema(cell, schema)
    try:
        with on_platform():
            row = Reseller(
                reference=references.new("reseller"),
                slug=slug,
                cell=cell,
                schema_name=schema,
                **facts,
            )
            db.session.add(row)
            db.session.flush()
            db.session.add_all(Host(name=name, reseller_id=row.id) for name in hosts)
            db.session.commit()
            tenant = Tenant.of(row)
    except sa.exc.IntegrityError as error:
        _drop_schema(cell, schema)
        raise Conflict("That address is taken already.") from error
    forget_hosts()
    return tenant


def _make_schema(cell: str, schema: str) -> None:
    app, _ = app_role(load().all_cells[cell].database_url)
    with owner_engine(cell).begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.cursor().execute(
            f'CREATE ROLE "{schema}" NOLOGIN; CREATE SCHEMA "{schema}"; '
            f'SET LOCAL search_path TO "{schema}"; {template.script()} '
            f'GRANT USAGE ON SCHEMA "{schema}" TO "{schema}"; {template.grants(schema)}; '
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); "
            f"INSERT INTO alembic_version VALUES ('{REVISION}'); "
            f'GRANT "{schema}" TO "{app}"',
            prepare=False,
        )


def _drop_schema(cell: str, schema: str) -> None:
    with owner_engine(cell).begin() as connection:
        connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
        connection.exec_driver_sql(f'DROP ROLE "{schema}"')
