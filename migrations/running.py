"""Migrating thousands of schemas: each knows its revision, so a run that was cut off goes on.

The previous code is still serving while this runs: migrations only add (expand first, contract in
a later release), and give up quickly when a table is busy.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from core import settings
from core.database import PLATFORM, app_role, owner_engine
from core.settings import MAIN_CELL

HERE = Path(__file__).parent
AT_ONCE = 4
LOCK_TIMEOUT_SECONDS = 2
STATEMENT_TIMEOUT_SECONDS = 60
ONE_RUN_AT_A_TIME = 7_239_114
"""Key of the advisory lock that keeps two runs apart."""
SERVING_TIMEOUTS = {
    "statement_timeout": "10s",
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "20s",
}


@dataclass
class Report:
    """What a run did, by schema."""

    up_to_date: int = 0
    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def summary(self) -> str:
        return f"{len(self.migrated)} migrated, {self.up_to_date} were up to date."


def configuration(branch: str, connection: sa.Connection, schema: str) -> Config:
    """Alembic's configuration for one schema on one connection."""
    config = Config()
    config.set_main_option("script_location", str(HERE / branch))
    config.attributes.update(connection=connection, schema=schema)
    return config


def head(branch: str) -> str:
    config = Config()
    config.set_main_option("script_location", str(HERE / branch))
    newest = ScriptDirectory.from_config(config).get_current_head()
    assert newest is not None
    return newest


def revision_of(connection: sa.Connection, schema: str) -> str | None:
    table = f'"{schema}".alembic_version'
    if connection.scalar(sa.select(sa.func.to_regclass(table))) is None:
        return None
    revision: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {table}"))
    return revision


def migrate_everything() -> Report:
    """Prepare each cell's login role, then the platform's schema, then every reseller's."""
    report = Report()
    for cell in settings.load().all_cells:
        with owner_engine(cell).connect() as guard:
            guard.execute(sa.select(sa.func.pg_advisory_lock(ONE_RUN_AT_A_TIME)))
            if cell == MAIN_CELL:
                _migrate(cell, "platform", PLATFORM, head("platform"), report)
            _prepare_login(cell)
            if report.failed:
                return report
            newest = head("reseller")
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for schema in _schemas(cell):
                    pool.submit(_migrate, cell, "reseller", schema, newest, report)
    return report


def _schemas(cell: str) -> list[str]:
    with owner_engine(MAIN_CELL).connect() as connection:
        query = sa.text("SELECT schema_name FROM platform.resellers WHERE cell = :cell ORDER BY id")
        return list(connection.scalars(query, {"cell": cell}))


def _migrate(cell: str, branch: str, schema: str, newest: str, report: Report) -> None:
    try:
        with owner_engine(cell).connect() as connection:
            if revision_of(connection, schema) == newest:
                report.up_to_date += 1
                return
            connection.rollback()
            command.upgrade(configuration(branch, connection, schema), "head")
            report.migrated.append(schema)
    except Exception as error:  # one schema's trouble must not stop the others
        report.failed[schema] = str(error).splitlines()[0]


def _prepare_login(cell: str) -> None:
    """The role that serves requests: NOINHERIT, so it can do nothing before a transaction is bound.

    Its timeouts are the role's own, since PgBouncer does not pass start-up options on.
    """
    urls = settings.load().all_cells[cell]
    if urls.database_app_url:
        return  # the operator made it
    name, password = app_role(urls.database_url)
    with owner_engine(cell).begin() as connection:
        known = connection.scalar(
            sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}
        )
        verb = "ALTER" if known else "CREATE"
        connection.exec_driver_sql(f"{verb} ROLE \"{name}\" LOGIN NOINHERIT PASSWORD '{password}'")
        for setting, limit in SERVING_TIMEOUTS.items():
            connection.exec_driver_sql(f"ALTER ROLE \"{name}\" SET {setting} = '{limit}'")
        if cell == MAIN_CELL:
            connection.exec_driver_sql(
                f'GRANT USAGE ON SCHEMA platform TO "{name}"; '
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES "
                f'IN SCHEMA platform TO "{name}"; '
                f'REVOKE UPDATE, DELETE ON platform.audit_log FROM "{name}"'
            )
