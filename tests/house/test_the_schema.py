"""Models, template and migrations say the same."""

import psycopg
import pytest
from sqlalchemy import make_url

from core.tenancy import template
from migrations import sketching
from tests import world

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable,
       replace(coalesce(column_default, ''), %(schema)s, 'SCHEMA')
FROM information_schema.columns WHERE table_schema = %(schema)s ORDER BY 1, 2
"""
INDEXES = """
SELECT tablename, indexname, replace(indexdef, %(schema)s, 'SCHEMA')
FROM pg_indexes WHERE schemaname = %(schema)s ORDER BY 1, 2
"""
CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname,
       replace(pg_get_constraintdef(c.oid), %(schema)s, 'SCHEMA')
FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
WHERE n.nspname = %(schema)s AND c.contype <> 'n' ORDER BY 1, 2
"""
TRIGGERS = """
SELECT replace(pg_get_triggerdef(t.oid), %(schema)s, 'SCHEMA') FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND NOT t.tgisinternal ORDER BY 1
"""


def test_the_template_is_what_the_models_say(app):
    assert sketching.reseller() == template.script(), (
        "run: python -m migrations.sketching reseller > core/tenancy/template.sql, "
        "and write a migration"
    )


@pytest.mark.parametrize("question", [COLUMNS, INDEXES, CONSTRAINTS, TRIGGERS])
def test_a_migrated_schema_is_like_one_from_the_template(servers, reseller, question):
    from core.database import owner_engine
    from migrations.upgrading import upgrade

    schema = f"r_{'m' * 16}"
    with owner_engine("main").connect() as connection:
        upgrade(connection, "reseller", schema)
    with psycopg.connect(plain(servers["DATABASE_URL"])) as connection:
        connection.execute("SET search_path TO pg_catalog")
        migrated = read(connection, question, schema)
        opened = read(connection, question, reseller.schema_name)

    assert migrated == opened


def read(connection, question, schema):
    rows = connection.execute(question, {"schema": schema}).fetchall()
    found = [
        tuple(str(each).replace(schema, "SCHEMA") for each in row)
        for row in rows
        if row[0] != "alembic_version" and "alembic_version" not in str(row[0])
    ]
    assert found
    return found


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_reseller_is_opened_at_the_newest_revision(reseller):
    from core.tenancy.opening import REVISION
    from migrations.upgrading import head

    assert head("reseller") == REVISION


def test_migrating_twice_changes_nothing(reseller):
    from migrations.running import migrate_everything

    report = migrate_everything()

    assert report.failed == {}
    assert report.migrated == []
    assert report.up_to_date >= 2


def test_a_run_that_was_cut_off_goes_on(servers):
    from core.database import owner_engine
    from migrations.running import migrate_everything

    behind = world.open_reseller()
    with owner_engine("main").begin() as connection:
        for kind, name in (("SCHEMA", behind.schema_name),):
            connection.exec_driver_sql(f'DROP {kind} "{name}" CASCADE')

    report = migrate_everything()

    assert report.migrated == [behind.schema_name]
    assert report.failed == {}
