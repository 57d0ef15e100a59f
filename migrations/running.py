"""Migrating thousands of schemas: each knows its revision, so a run that was cut off goes on.

The previous code is still serving while this runs: migrations only add (expand first, contract in
a later release), and give up quickly when a table is busy. An index is built by indexing.py.
"""

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import sqlalchemy as sa

from core import settings
from core.database import PLATFORM, app_role, owner_engine
from core.settings import MAIN_CELL
from migrations.upgrading import head, revision_of, upgrade

AT_ONCE = 4
ONE_RUN_AT_A_TIME = 7_239_114
"""Key of the advisory lock that keeps two runs apart."""
OTHER_RUN_SECONDS = 3600
"""How long to wait for another run to end."""
OTHER_RUN_PAUSE_SECONDS = 0.5
SERVING_TIMEOUTS = {
    "statement_timeout": "10s",
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "20s",
}


class AnotherRun(RuntimeError):
    """Somebody else is migrating this cell, and does not come to an end."""


@dataclass
class Report:
    """What a run did, by schema."""

    up_to_date: int = 0
    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def summary(self) -> str:
        return f"{len(self.migrated)} migrated, {self.up_to_date} were up to date."

    def note(self, schema: str, outcome: bool | Exception) -> None:
        """Note that a schema was migrated, was up to date, or stayed behind."""
        if isinstance(outcome, Exception):
            self.failed[schema] = str(outcome).partition("\n")[0]
        elif outcome:
            self.migrated.append(schema)
        else:
            self.up_to_date += 1


def migrate_everything() -> Report:
    """Prepare each cell's login role, then the platform's schema, then every reseller's.

    Raises AnotherRun.
    """
    report = Report()
    newest = head("reseller")
    for cell in settings.load().all_cells:
        with _alone(cell):
            if cell == MAIN_CELL:
                report.note(PLATFORM, _migrated(cell, "platform", head("platform"), PLATFORM))
            _prepare_login(cell)
            if report.failed:
                return report
            schemas = _schemas(cell)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                outcomes = pool.map(partial(_migrated, cell, "reseller", newest), schemas)
            for schema, outcome in zip(schemas, outcomes, strict=True):
                report.note(schema, outcome)
    return report


@contextlib.contextmanager
def _alone(cell: str) -> Iterator[None]:
    """Only one run a cell. The other is asked again and again: a statement that waits for its lock
    would have a snapshot, and the other, building an index CONCURRENTLY, would wait for that."""
    last = time.monotonic() + OTHER_RUN_SECONDS
    with owner_engine(cell).connect() as guard:
        guard.execution_options(isolation_level="AUTOCOMMIT")
        while not guard.scalar(sa.select(sa.func.pg_try_advisory_lock(ONE_RUN_AT_A_TIME))):
            if time.monotonic() > last:
                raise AnotherRun("Another run of the migrations does not end.")
            time.sleep(OTHER_RUN_PAUSE_SECONDS)
        try:
            yield
        finally:
            guard.execute(sa.select(sa.func.pg_advisory_unlock(ONE_RUN_AT_A_TIME)))


def _schemas(cell: str) -> list[str]:
    with owner_engine(MAIN_CELL).connect() as connection:
        query = sa.text("SELECT schema_name FROM platform.resellers WHERE cell = :cell ORDER BY id")
        return list(connection.scalars(query, {"cell": cell}))


def _migrated(cell: str, branch: str, newest: str, schema: str) -> bool | Exception:
    """Whether there was anything to migrate, or why it did not work."""
    try:
        with owner_engine(cell).connect() as connection:
            if revision_of(connection, schema) == newest:
                return False
            connection.rollback()
            upgrade(connection, branch, schema)
            return True
    except Exception as error:  # one schema's trouble must not stop the others
        return error


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
