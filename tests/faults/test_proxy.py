"""The wire breaks where it is told to, and nowhere else."""

import time
from collections.abc import Iterator

import psycopg
import pytest
import redis
import sqlalchemy as sa
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.faults.proxy import PostgresProxy, Proxy, When

WORK = "INSERT INTO notes VALUES (1)"


@pytest.fixture
def notes(servers: dict[str, str]) -> Iterator[psycopg.Connection]:
    """An empty table, and a direct connection that can look into it."""
    with psycopg.connect(servers["DATABASE_URL"], autocommit=True) as direct:
        direct.execute("CREATE TABLE notes (id int)")
        yield direct
        direct.execute("DROP TABLE notes")


@pytest.fixture
def wire(servers: dict[str, str]) -> Iterator[PostgresProxy]:
    with PostgresProxy(servers["DATABASE_URL"]) as proxy:
        yield proxy


@pytest.fixture
def redis_wire(servers: dict[str, str]) -> Iterator[Proxy]:
    with Proxy(servers["REDIS_URL"]) as proxy:
        yield proxy


def count(direct: psycopg.Connection) -> int:
    return direct.execute("SELECT count(*) FROM notes").fetchall()[0][0]


def write(wire: PostgresProxy) -> None:
    with psycopg.connect(wire.url) as connection:
        connection.execute(WORK)
        connection.commit()


def test_everything_passes(wire: PostgresProxy, notes: psycopg.Connection):
    write(wire)
    write(wire)

    assert count(notes) == 2
    assert (wire.commits, wire.cuts) == (2, 0)


def test_a_commit_that_is_lost_on_its_way_did_not_happen(wire, notes):
    wire.cut_at_commit(When.BEFORE)

    with pytest.raises(psycopg.OperationalError):
        write(wire)

    assert count(notes) == 0
    assert wire.cuts == 1


def test_a_commit_whose_answer_is_lost_did_happen(wire, notes):
    wire.cut_at_commit(When.AFTER)

    with pytest.raises(psycopg.OperationalError):
        write(wire)

    assert count(notes) == 1


def test_it_cuts_as_often_as_it_was_told(wire, notes):
    wire.cut_at_commit(When.BEFORE, times=2)

    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            write(wire)
    write(wire)

    assert count(notes) == 1


def test_it_cuts_only_the_transactions_it_was_told_of(wire, notes):
    wire.cut_at_commit(When.BEFORE, of="INSERT")
    with psycopg.connect(wire.url) as connection:
        connection.execute("SELECT 1")
        connection.commit()

        connection.execute(WORK)
        with pytest.raises(psycopg.OperationalError):
            connection.commit()


def test_it_sees_the_commit_that_our_engine_sends(wire, notes):
    url = sa.make_url(wire.url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        url, isolation_level="SERIALIZABLE", connect_args={"prepare_threshold": None}
    )
    wire.cut_at_commit(When.AFTER, of="notes")

    with pytest.raises(sa.exc.OperationalError), engine.begin() as connection:
        connection.execute(sa.text(WORK))

    assert count(notes) == 1
    engine.dispose()


def test_cutting_ends_every_connection_and_welcomes_new_ones(wire, notes):
    with psycopg.connect(wire.url, autocommit=True) as connection:
        connection.execute("SELECT 1")
        assert wire.cut() == 1
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")

    write(wire)
    assert count(notes) == 1


def test_a_black_hole_answers_nothing_until_it_is_healed(redis_wire: Proxy):
    with asking(redis_wire) as client:
        assert client.ping()
        redis_wire.black_hole()
        with pytest.raises(redis.TimeoutError):
            client.ping()

        redis_wire.heal()
        assert client.ping()


def test_whoever_connects_to_a_black_hole_waits(redis_wire: Proxy):
    redis_wire.black_hole()

    with asking(redis_wire) as client, pytest.raises(redis.TimeoutError):
        client.ping()


def test_a_delay_is_added_to_every_question(redis_wire: Proxy):
    with asking(redis_wire) as client:
        client.ping()
        redis_wire.delay_seconds = 0.1
        began = time.monotonic()
        client.ping()

        assert time.monotonic() - began >= 0.1


def test_where_nobody_listens_nobody_answers():
    with (
        Proxy("redis://127.0.0.1:9/0") as wire,
        asking(wire) as client,
        pytest.raises(redis.ConnectionError),
    ):
        client.ping()


def asking(wire: Proxy) -> redis.Redis:
    """As core.redis: a question that fails is not asked again by itself."""
    return redis.Redis.from_url(wire.url, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))
