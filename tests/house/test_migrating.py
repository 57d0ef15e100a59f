"""Migrating while the previous code sells: nothing is lost, nobody waits, a cut-off run goes on."""

import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from core.database import owner_engine
from core.tenancy import template
from migrations import indexing, running
from migrations.running import migrate_everything
from migrations.upgrading import head, revision_of, upgrade
from tests import world

MANY = 10
PATIENCE_SECONDS = 20

INSERTS = (
    "INSERT INTO shows (id, reference, slug, title, place_name, time_zone, starts_at, on_sale_at, "
    "off_sale_at, currency) VALUES ({id}, 'shw_{id}', 'slug-{id}', 'Winter', 'Hall', 'UTC', now(), "
    "now(), now() + interval '1 day', 'EUR')",
    "INSERT INTO ticket_types (id, reference, show_id, name, price_minor, capacity, held) "
    "VALUES ({id}, 'tty_{id}', {id}, 'Standard', 2500, 10, 1)",
    "INSERT INTO orders (id, reference, show_id, customer_id, email, name, channel, state, "
    "currency, total_minor, platform_fee_minor, storefront_fee_minor, expires_at) VALUES ({id}, "
    "'ord_{id}', {id}, 7, 'Ada@example.org', 'Ada', 'api', 'held', 'EUR', 2500, 0, 0, now())",
    "INSERT INTO tickets (reference, order_id, line_id, ticket_type_id) "
    "VALUES ('tkt_{id}', {id}, {id}, {id})",
)
"""What the code of 0001 writes when it sells: it knows no column that came later."""
READS = (
    "SELECT * FROM orders WHERE customer_id = 7 AND state IN ('held', 'paid', 'refunded')",
    "SELECT * FROM orders WHERE email = 'Ada@example.org'",
    "UPDATE ticket_types SET held = held + 1 WHERE id = {id} AND capacity - held - sold >= 1",
    "UPDATE orders SET state = 'paid' WHERE id = {id} AND state = 'held'",
)


@pytest.fixture
def old(house: None, servers: dict[str, str]) -> Iterator[psycopg.Connection]:
    """A schema at 0001 in which something was sold; each statement is committed by itself."""
    schema = _schema()
    with owner_engine("main").connect() as connection:
        upgrade(connection, "reseller", schema, to="0001")
    with _connected(servers, schema) as connection:
        _sell(connection, 1)
        yield connection
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def test_what_was_there_is_there_afterwards(old: psycopg.Connection) -> None:
    before = _rows(old)

    _migrate(old)

    assert _rows(old) == before
    assert old.execute("SELECT id, per_customer_limit FROM ticket_types").fetchall() == [(1, None)]
    assert _indexes(old) == {
        "pk_orders": True,
        "uq_orders_reference": True,
        "ix_orders_place": True,
        "ix_orders_given_back": True,
        "ix_orders_invoice_number": True,
        "ix_orders_overdue": True,
        "ix_orders_show_id": True,
        "ix_orders_live_email": True,
        "ix_orders_customer_id_show_id": True,
    }


def test_the_previous_code_sells_beside_it(old: psycopg.Connection) -> None:
    _migrate(old)

    _sell(old, 2)

    for each in READS:
        assert old.execute(each.format(id=2)).rowcount >= 1


def test_a_limit_is_between_one_and_a_thousand(old: psycopg.Connection) -> None:
    _migrate(old)

    for limit in (1, 1000, None):
        old.execute("UPDATE ticket_types SET per_customer_limit = %s", [limit])
    for limit in (0, -1, 1001):
        with pytest.raises(psycopg.errors.CheckViolation):
            old.execute("UPDATE ticket_types SET per_customer_limit = %s", [limit])


def test_migrating_again_from_anywhere_in_between_comes_to_the_same(
    old: psycopg.Connection,
) -> None:
    """As after a run that was cut off behind any of its statements."""
    _migrate(old)
    migrated = _indexes(old)
    for undone in (
        "DROP INDEX ix_orders_customer_id_show_id",
        "DROP INDEX ix_orders_live_email",
        "ALTER TABLE ticket_types DROP COLUMN per_customer_limit",
    ):
        old.execute(undone)
        old.execute("UPDATE alembic_version SET version_num = '0001'")

        _migrate(old)

        assert _indexes(old) == migrated


def test_an_index_on_a_big_table_keeps_nobody_from_selling(
    old: psycopg.Connection, servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "SMALL_TABLE_BYTES", 0)
    with _connected(servers, _schema_of(old)) as slow, ThreadPoolExecutor(1) as pool:
        with slow.transaction():  # in the middle of something when the index begins
            slow.execute("UPDATE orders SET name = 'Grace'")
            migrating = pool.submit(_migrate, old)
            _wait_until(old, servers, "CREATE INDEX CONCURRENTLY")
            with _connected(servers, _schema_of(old)) as other:
                other.execute("SET lock_timeout = '500ms'")
                _sell(other, 2)
            assert not migrating.done()
        migrating.result(PATIENCE_SECONDS)

    assert all(_indexes(old).values())
    assert old.execute("SELECT count(*) FROM orders").fetchone() == (2,)


def test_an_index_that_was_cut_off_is_built_anew(
    old: psycopg.Connection, servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "SMALL_TABLE_BYTES", 0)
    with _connected(servers, _schema_of(old)) as slow, slow.transaction():
        slow.execute("UPDATE orders SET name = 'Grace'")
        monkeypatch.setattr(indexing, "CONCURRENT_TIMEOUT_SECONDS", 1)
        with pytest.raises(Exception, match="timeout"):
            _migrate(old)
    assert _indexes(old)["ix_orders_live_email"] is False

    monkeypatch.undo()
    _migrate(old)

    assert all(_indexes(old).values())


def test_a_table_that_is_busy_is_given_up_and_tried_again_later(
    old: psycopg.Connection, servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrations.upgrading.LOCK_TIMEOUT_SECONDS", "0.2")
    with _connected(servers, _schema_of(old)) as slow, slow.transaction():
        slow.execute("LOCK TABLE ticket_types")
        with pytest.raises(Exception, match="lock timeout"):
            _migrate(old)
    with owner_engine("main").connect() as connection:
        assert revision_of(connection, _schema_of(old)) == "0001"

    _migrate(old)


@pytest.mark.parametrize("small_bytes", [indexing.SMALL_TABLE_BYTES, 0], ids=["small", "big"])
def test_many_schemas_at_once_are_each_migrated_by_themselves(
    house: None, monkeypatch: pytest.MonkeyPatch, small_bytes: int
) -> None:
    monkeypatch.setattr(indexing, "SMALL_TABLE_BYTES", small_bytes)
    behind = {}
    for number in range(MANY):
        tenant = world.open_reseller()
        revision = (None, "0001")[number % 2]
        with owner_engine("main").connect() as connection:
            connection.exec_driver_sql(f'DROP SCHEMA "{tenant.schema_name}" CASCADE')
            connection.commit()
            if revision:
                upgrade(connection, "reseller", tenant.schema_name, to=revision)
        behind[tenant.schema_name] = revision

    report = migrate_everything()

    assert report.failed == {}
    assert set(report.migrated) == set(behind)
    with owner_engine("main").connect() as connection:
        revisions = Counter(revision_of(connection, schema) for schema in behind)
        tables = Counter(
            connection.exec_driver_sql(
                "SELECT count(*) FROM pg_tables WHERE schemaname = %s", (schema,)
            ).scalar()
            for schema in behind
        )
    assert revisions == {head("reseller"): MANY}
    assert tables == {len(template.tables()) + 1: MANY}  # and Alembic's own


def test_a_second_run_waits_for_the_first(house: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "OTHER_RUN_PAUSE_SECONDS", 0.01)
    is_migrating, may_go_on = threading.Event(), threading.Event()
    prepare = running._prepare_login

    def slowly(cell: str) -> None:
        is_migrating.set()
        may_go_on.wait(PATIENCE_SECONDS)
        prepare(cell)

    monkeypatch.setattr(running, "_prepare_login", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(migrate_everything)
        is_migrating.wait(PATIENCE_SECONDS)
        second = pool.submit(migrate_everything)
        assert not second.done()
        may_go_on.set()

        assert first.result(PATIENCE_SECONDS).failed == second.result(PATIENCE_SECONDS).failed == {}


def test_a_run_that_does_not_end_is_not_waited_for_for_ever(
    house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "OTHER_RUN_SECONDS", 0)
    with running._alone("main"), pytest.raises(running.AnotherRun):
        migrate_everything()


def _migrate(connection: psycopg.Connection) -> None:
    with owner_engine("main").connect() as owner:
        upgrade(owner, "reseller", _schema_of(connection))


def _sell(connection: psycopg.Connection, number: int) -> None:
    for each in INSERTS:
        connection.execute(each.format(id=number))


def _rows(connection: psycopg.Connection) -> list[object]:
    """What the code of 0001 wrote, as it reads it."""
    return [
        connection.execute("SELECT id, reference, held, sold FROM ticket_types").fetchall(),
        connection.execute(
            "SELECT id, reference, show_id, customer_id, email, name, channel, state, currency,"
            " total_minor, fee_plan, invoice_number, placed_at, expires_at, paid_at FROM orders"
        ).fetchall(),
        connection.execute("SELECT * FROM tickets").fetchall(),
    ]


def _indexes(connection: psycopg.Connection) -> dict[str, bool]:
    """The indexes on orders, and whether they are whole."""
    return dict(
        connection.execute(
            "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid "
            "WHERE indrelid = 'orders'::regclass"
        ).fetchall()
    )


def _wait_until(connection: psycopg.Connection, servers: dict[str, str], doing: str) -> None:
    """Until a statement of this kind waits for a lock."""
    query = (
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE %s AND wait_event_type = 'Lock' "
        "AND pid <> pg_backend_pid()"
    )
    with _connected(servers, _schema_of(connection)) as watching:
        for _ in range(PATIENCE_SECONDS * 20):
            if watching.execute(query, [f"{doing}%"]).fetchone():
                return
            threading.Event().wait(0.05)
    pytest.fail(f"nobody waits in {doing}")


def _schema() -> str:
    return "r_" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(16))


def _schema_of(connection: psycopg.Connection) -> str:
    (schema,) = connection.execute("SELECT current_schema()").fetchone() or ("",)
    return schema


def _connected(servers: dict[str, str], schema: str) -> psycopg.Connection:
    url = make_url(servers["DATABASE_URL"]).set(drivername="postgresql")
    connection = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
    connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
    return connection
