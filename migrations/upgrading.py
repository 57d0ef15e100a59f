"""Bringing one schema to a revision.

Not by alembic.command, whose `op` and `context` are one for the whole process: of four threads that
migrate four schemas, each would write into the others'. A migration is handed its own `op` instead.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

HERE = Path(__file__).parent
LOCK_TIMEOUT_SECONDS = 2
STATEMENT_TIMEOUT_SECONDS = 60
NEWEST = "head"


def upgrade(connection: sa.Connection, branch: str, schema: str, *, to: str = NEWEST) -> None:
    """Make the schema if need be, and run what it lacks; each migration is committed by itself.

    A connection on which that failed is closed: nobody knows how it was left.
    """
    try:
        connection.exec_driver_sql(
            f'CREATE SCHEMA IF NOT EXISTS "{schema}"; SET search_path TO "{schema}"; '
            f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'; "
            f"SET statement_timeout = '{STATEMENT_TIMEOUT_SECONDS}s'"
        )
        connection.commit()
        context = MigrationContext.configure(
            connection,
            opts={
                "fn": lambda revision, _: _steps(branch, to, revision),
                "version_table_schema": schema,
                "transaction_per_migration": True,
            },
        )
        with context.begin_transaction():
            context.run_migrations(op=Operations(context))
        connection.exec_driver_sql("RESET ALL")
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise


@lru_cache
def scripts(branch: str) -> ScriptDirectory:
    """The migrations of a branch, read once: begin with head(), before there are threads."""
    config = Config()
    config.set_main_option("script_location", str(HERE / branch))
    return ScriptDirectory.from_config(config)


def head(branch: str) -> str:
    newest = scripts(branch).get_current_head()
    assert newest is not None
    return newest


def revision_of(connection: sa.Connection, schema: str) -> str | None:
    table = f'"{schema}".alembic_version'
    if connection.scalar(sa.select(sa.func.to_regclass(table))) is None:
        return None
    revision: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {table}"))
    return revision


def _steps(branch: str, to: str, revision: Any) -> Iterable[Any]:
    # The only way there is, and the one that alembic.command takes.
    return scripts(branch)._upgrade_revs(to, revision)
