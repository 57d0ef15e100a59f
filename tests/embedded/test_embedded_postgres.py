"""PostgreSQL in a folder: keeps what it was told, survives its owner, never shares."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest

from core import embedded
from core.embedded import clusters, ports, unprivileged

OWNER_THAT_WAITS = """
import pathlib, sys, time
from core import embedded
print(embedded.postgres.start(pathlib.Path(sys.argv[1])).process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def server():
    """One for all tests that leave it as it is."""
    folder = Path(tempfile.mkdtemp(prefix="tts-"))
    folder.chmod(0o755)
    running = embedded.postgres.start(folder, durable=False)
    yield running
    running.stop()
    shutil.rmtree(folder)


def test_a_second_start_finds_the_data_on_the_same_address(folder):
    first = embedded.postgres.start(folder, durable=False)
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'ž' AS letter")
    first.stop()

    second = embedded.postgres.start(folder, durable=False)
    try:
        with psycopg.connect(second.url) as connection:
            assert connection.execute("SELECT letter FROM kept").fetchone() == ("ž",)
    finally:
        second.stop()
    assert second.url == first.url
    assert not second.is_alive


def test_what_a_killed_owner_left_running_is_replaced(folder):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER_THAT_WAITS, folder], stdout=subprocess.PIPE, text=True
    )
    left_behind = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()
    assert psutil.pid_exists(left_behind)

    successor = embedded.postgres.start(folder)
    try:
        assert successor.process.pid != left_behind
        assert not _is_alive(left_behind)
        psycopg.connect(successor.url).close()
    finally:
        successor.stop()


def test_it_starts_after_everything_was_killed_at_once(folder):
    killed = embedded.postgres.start(folder)
    with psycopg.connect(killed.url) as connection:
        connection.execute("CREATE TABLE kept (letter text)")
    os.killpg(killed.process.pid, signal.SIGKILL)
    killed.stop()
    assert (folder / "postgres/cluster/postmaster.pid").exists()

    again = embedded.postgres.start(folder, durable=False)
    try:
        with psycopg.connect(again.url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        again.stop()


def test_serving_is_durable_and_tests_are_not(server, folder):
    assert _asked(server, "SHOW fsync") == ("off",)
    durable = embedded.postgres.start(folder)
    try:
        assert _asked(durable, "SHOW fsync") == ("on",)
        assert _asked(durable, "SHOW synchronous_commit") == ("on",)
    finally:
        durable.stop()


def test_the_owner_makes_databases_and_roles_and_is_no_superuser(server):
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")
        connection.execute("CREATE ROLE r_one")
        connection.execute("CREATE SCHEMA r_one AUTHORIZATION r_one")
        connection.execute("SET ROLE r_one")
    assert _asked(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == (False,)


def test_nobody_gets_in_without_the_password(server):
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://tickets:guess@127.0.0.1:{server.port}/tickets")
    assert (server.log.parent / "server.json").stat().st_mode & 0o077 == 0


def test_one_folder_has_one_owner(server):
    with pytest.raises(embedded.CannotStart, match="in use by another process"):
        embedded.postgres.start(server.log.parents[1], durable=False)


def test_a_taken_port_is_refused_if_asked_for_and_given_up_if_only_remembered(folder):
    embedded.postgres.start(folder, durable=False).stop()
    remembered = embedded.keeping.recall(folder / "postgres/server.json")["port"]
    with _listening(int(remembered)):
        with pytest.raises(embedded.CannotStart, match=rf"Port {remembered}.*is taken"):
            embedded.postgres.start(folder, port=int(remembered), durable=False)
        elsewhere = embedded.postgres.start(folder, durable=False)
        elsewhere.stop()
    assert str(elsewhere.port) != remembered


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder that postgres cannot reach")
def test_root_keeps_the_cluster_where_postgres_can_reach_it(folder, monkeypatch):
    monkeypatch.setattr(unprivileged, "SHELTER", folder / "shelter")
    private = folder / "private"
    private.mkdir(mode=0o700)
    server = embedded.postgres.start(private, durable=False)
    try:
        psycopg.connect(server.url).close()
    finally:
        server.stop()
    assert server.cluster.is_relative_to(folder / "shelter")
    assert clusters.place(private / "postgres", None) == server.cluster

    shutil.rmtree(folder / "shelter")
    embedded.postgres.start(private, durable=False).stop()


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _listening(port: int):
    return socket.create_server((ports.LOOPBACK, port))


def _asked(server: embedded.EmbeddedPostgres, question: str):
    with psycopg.connect(server.url) as connection:
        return connection.execute(question).fetchone()
