"""A sale through PgBouncer in transaction mode: each transaction may be on another connection.

What is bound to a reseller must end with its transaction, and nothing may rely on the connection.
Skips where there is no pgbouncer (`apt-get install pgbouncer`).
"""

import hashlib
import hmac
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench import stage
from bench.stage import Stage
from core.embedded import ports
from tests.faults.reckoning import reckon
from tests.faults.sale import Sale

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
CONNECTIONS = 4
"""To PostgreSQL, for two dozen buyers at two resellers: they have to share."""
START_SECONDS = 10
LEFT_BEHIND = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ticket-to-serve'"

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed")


@pytest.fixture
def pooled() -> Iterator[Stage]:
    with stage.open(shows=(3,), capacity=150, own_servers=True) as it:
        url = sa.make_url(it.database_url)
        name = f"{url.database}_app"
        password = hmac.new(
            it.environment["SECRET_KEY"].encode(), b"database role " + name.encode(), hashlib.sha256
        ).hexdigest()
        port = ports.free_port()
        with running(it.folder, url, name, password, port):
            through = url.set(username=name, password=password, host="127.0.0.1", port=port)
            app_url = through.render_as_string(hide_password=False)
            it.restart_web({"DATABASE_APP_URL": app_url, "WEB_WORKERS": "2"})
            yield it
            it.web.stop()


class running:  # noqa: N801  # reads as what it is: with running(...)
    def __init__(self, folder: Path, url: sa.URL, name: str, password: str, port: int) -> None:
        self.port = port
        self.folder = folder / "pgbouncer"
        self.folder.mkdir()
        users = self.folder / "users.txt"
        users.write_text(f'"{name}" "{password}"\n')
        self.config = self.folder / "pgbouncer.ini"
        self.config.write_text(
            f"[databases]\n* = host={url.host} port={url.port}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = scram-sha-256\nauth_file = {users}\n"
            f"pool_mode = transaction\ndefault_pool_size = {CONNECTIONS}\nmax_client_conn = 200\n"
            "ignore_startup_parameters = extra_float_digits\n"
            f"logfile = {self.folder / 'log'}\n"
        )
        for path in (self.folder, users, self.config):  # it does not run as root
            path.chmod(0o777)

    def __enter__(self) -> None:
        assert PGBOUNCER
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(
            [PGBOUNCER, "-q", *as_nobody, str(self.config)], stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while ports.is_free(self.port):
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "pgbouncer does not answer"
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(START_SECONDS)


def test_a_sale_shares_a_few_connections(pooled: Stage, seed: int):
    neighbour = pooled.open_reseller("neighbour", shows=(3,), capacity=150)
    sales = [
        Sale(pooled, reseller, reseller.shows[0], seed + number, buyers=12)
        for number, reseller in enumerate([pooled.reseller, neighbour])
    ]

    for sale in sales:
        sale.begin()
    for sale in sales:
        sale.end()

    for sale in sales:
        reckon(sale)
    with pooled.connected() as connection:
        (open_connections,) = connection.execute(LEFT_BEHIND).fetchone() or (0,)
    assert 0 < open_connections <= 2 * CONNECTIONS
