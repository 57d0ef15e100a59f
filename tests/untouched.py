"""Whether anything was written: what stands in every table of a reseller."""

import sqlalchemy as sa

from core.database import db
from core.tenancy import template

KEPT_ANSWERS = "idempotency_keys"

Contents = dict[str, tuple[int, str]]
"""For each table, how many rows it has and what they are, as a hash."""


def question() -> str:
    """SQL that asks for the contents of all tables, with the search_path on them."""
    return " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) "
        f"FROM {table} AS t"
        for table in template.tables()
    )


def contents() -> Contents:
    """Of the bound reseller."""
    db.session.rollback()
    found = {row[0]: (row[1], row[2]) for row in db.session.execute(sa.text(question()))}
    db.session.rollback()
    return found
