"""`python -m migrations.sketching reseller|platform`: a schema as the models have it, as SQL.

For a reseller it is kept in core/tenancy/template.sql; a new migration is compared with it.
"""

import sys

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

import wsgi  # loads every model
from core.database import PLATFORM, Model
from core.tenancy.template import APPEND_ONLY

SEQUENCE = "CREATE SEQUENCE ids;\n"

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

APPEND_ONLY_TABLE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

BALANCE = """
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount_minor), 0) FROM postings WHERE entry_id = NEW.entry_id) <> 0
       OR (SELECT count(*) FROM postings WHERE entry_id = NEW.entry_id) < 2
    THEN
        RAISE EXCEPTION 'entry % does not balance', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_empty_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM postings WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry % has no postings', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT ON postings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced();
CREATE CONSTRAINT TRIGGER entries_have_postings AFTER INSERT ON entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_empty_entry();
"""


def tables(schema: str | None) -> str:
    """CREATE TABLE and CREATE INDEX for every model of a schema, those referred to first."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    parts = []
    for table in Model.metadata.sorted_tables:
        if table.schema != schema:
            continue
        parts.append(f"{CreateTable(table).compile(dialect=dialect)};".strip())
        parts += [
            f"{CreateIndex(index).compile(dialect=dialect)};"
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    return "\n\n".join(parts) + "\n"


def reseller() -> str:
    guards = "".join(APPEND_ONLY_TABLE.format(table=name) for name in sorted(APPEND_ONLY))
    return tidy(SEQUENCE + tables(None) + REFUSE_CHANGE + BALANCE + guards)


def platform() -> str:
    return tidy(tables(PLATFORM) + REFUSE_CHANGE + APPEND_ONLY_TABLE.format(table="audit_log"))


def tidy(script: str) -> str:
    return "\n".join(line.rstrip().replace("\t", "    ") for line in script.splitlines()) + "\n"


if __name__ == "__main__":
    assert wsgi.create_app
    sys.stdout.write({"reseller": reseller, "platform": platform}[sys.argv[1]]())
