"""Nothing of a reseller's is read or written from outside its binding."""

import os

import pytest
import sqlalchemy as sa

from core import catalogue, tenancy
from core.catalogue import Show
from core.database import Unbound, app_role, bound, db, engine, transaction
from tests import world


def test_a_session_without_a_reseller_reads_nothing(house):
    with pytest.raises(Unbound):
        db.session.execute(sa.select(Show))
    db.session.rollback()


def test_raw_sql_without_a_reseller_does_not_even_begin(house):
    with pytest.raises(Unbound):
        db.session.execute(sa.text("SELECT 1"))
    db.session.rollback()


def test_a_forgotten_binding_on_a_bare_connection_is_refused_by_the_database(reseller):
    schema = reseller.schema_name
    query = sa.text(f'SELECT * FROM "{schema}".shows')
    with engine("main").connect() as connection, pytest.raises(sa.exc.DBAPIError, match="denied"):
        connection.execute(query)


def test_an_unqualified_table_is_nowhere_without_a_binding(show):
    query = sa.text("SELECT * FROM shows")
    with engine("main").connect() as connection, pytest.raises(sa.exc.DBAPIError, match="exist"):
        connection.execute(query)


def test_each_reseller_sees_its_own_shows_only(neighbour, show):
    own = show.reference
    assert [each.reference for each in catalogue.published()] == [own]
    with tenancy.bound_to(neighbour):
        assert catalogue.published() == []
        world.add_show(title="Next door's")
        assert [each.title for each in catalogue.published()] == ["Next door's"]
    assert [each.reference for each in catalogue.published()] == [own]


def test_raw_sql_inside_a_bound_transaction_reads_no_foreign_row(neighbour, reseller):
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        db.session.execute(sa.text(f'SELECT * FROM "{neighbour.schema_name}".shows'))
    db.session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM platform.members",
        "SELECT * FROM platform.resellers",
        "SELECT * FROM platform.api_keys",
        "CREATE TABLE mine (id int)",
        "DROP TABLE shows",
        "DELETE FROM moves",
        "UPDATE postings SET amount_minor = 1",
    ],
)
def test_a_reseller_s_role_may_not(reseller, statement):
    with pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"):
        db.session.execute(sa.text(statement))
    db.session.rollback()


def test_another_reseller_s_role_reads_nothing_of_ours(neighbour, show, reseller):
    theirs = f'"{neighbour.schema_name}"'
    with engine("main").begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {theirs}")
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            connection.exec_driver_sql(f'SELECT * FROM "{reseller.schema_name}".shows')


def test_a_path_without_the_role_reads_nothing(show, reseller):
    with engine("main").begin() as connection:
        connection.exec_driver_sql(f'SET LOCAL search_path TO "{reseller.schema_name}"')
        with pytest.raises(sa.exc.ProgrammingError):
            connection.exec_driver_sql("SELECT * FROM shows")


def test_the_binding_ends_with_the_transaction(reseller):
    with transaction():
        db.session.execute(sa.text("SELECT 1"))
        driver = db.session.connection().connection.driver_connection
    cursor = driver.cursor()
    path, role = cursor.execute("SELECT current_setting('search_path'), current_user").fetchone()
    driver.rollback()
    assert reseller.schema_name not in path
    assert role == app_role(os.environ["DATABASE_URL"])[0]


def test_a_rollback_to_a_savepoint_keeps_the_binding(reseller, show):
    with transaction():
        with pytest.raises(sa.exc.DataError), db.session.begin_nested():
            db.session.execute(sa.text("SELECT 1/0"))
        assert [each.id for each in catalogue.published()]


def test_a_platform_transaction_sees_no_reseller_s_tables(show):
    with tenancy.on_platform():
        with pytest.raises(sa.exc.ProgrammingError, match="does not exist"):
            db.session.execute(sa.text("SELECT * FROM shows"))
        db.session.rollback()


def test_a_schema_that_we_did_not_name_is_never_bound(house):
    from core.database import Binding

    with bound(Binding("main", 'x"; DROP SCHEMA platform; --', None)):
        with pytest.raises(ValueError, match="not a schema"):
            db.session.execute(sa.text("SELECT 1"))
        db.session.rollback()


def test_nothing_is_ever_in_public(house):
    with engine("main").connect() as connection:
        found = connection.scalar(
            sa.text("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        )
    assert found == 0
