"""How Alembic runs one schema's migrations: on the connection it is given, in that schema alone."""

import sqlalchemy as sa
from alembic import context

from migrations.running import LOCK_TIMEOUT_SECONDS, STATEMENT_TIMEOUT_SECONDS


def run() -> None:
    attributes = context.config.attributes
    connection: sa.Connection = attributes["connection"]
    schema: str = attributes["schema"]
    connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    connection.exec_driver_sql(f'SET search_path TO "{schema}"')
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
    connection.exec_driver_sql(f"SET statement_timeout = '{STATEMENT_TIMEOUT_SECONDS}s'")
    connection.commit()
    connection.dialect.default_schema_name = schema
    context.configure(connection=connection, version_table_schema=schema)
    with context.begin_transaction():
        context.run_migrations()
    connection.exec_driver_sql("RESET ALL")
    connection.commit()
