"""What a command finds of the installation it is typed beside."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import installation
from jobs.installation import NothingRuns
from serve import keys
from tests.conftest import ROOT

RUN_SECONDS = 60
OURS = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", *keys.MAKERS, *keys.SANDBOX_MAKERS)


@pytest.fixture
def listening() -> Iterator[int]:
    """A port that somebody answers on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def keep(data_dir: Path, *, port: int) -> None:
    """What a start leaves in its folder."""
    for server in ("postgres", "redis"):
        (data_dir / server).mkdir()
        facts = {"password": f"of-{server}", "port": port}
        (data_dir / server / "server.json").write_text(json.dumps(facts))


def test_what_is_not_set_is_what_the_start_keeps(tmp_path: Path, listening: int) -> None:
    keep(tmp_path, port=listening)
    secrets = keys.kept(tmp_path)
    environment = {"DATA_DIR": str(tmp_path), "SMTP_URL": ""}

    installation.settle(environment)

    assert {name: environment[name] for name in secrets} == secrets
    assert set(environment) == {"DATA_DIR", *OURS}
    assert (
        environment["DATABASE_URL"]
        == f"postgresql://tickets:of-postgres@127.0.0.1:{listening}/tickets"
    )
    assert environment["REDIS_URL"] == f"redis://:of-redis@127.0.0.1:{listening}/0"


def test_what_the_operator_set_stays(tmp_path: Path) -> None:
    given = {name: f"my {name}" for name in OURS} | {"DATA_DIR": str(tmp_path)}
    environment = dict(given)
    keys.kept(tmp_path)

    installation.settle(environment)

    assert environment == given


def test_an_installation_that_has_stopped_is_none(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    keep(tmp_path, port=port)

    with pytest.raises(NothingRuns, match="make serve"):
        installation.settle({"DATA_DIR": str(tmp_path)})


def test_the_auditor_says_what_to_do_where_nothing_runs(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in OURS}

    done = subprocess.run(
        [sys.executable, "-m", "jobs.audit"],
        cwd=ROOT,
        env={**environment, "DATA_DIR": str(tmp_path)},
        text=True,
        capture_output=True,
        check=False,
        timeout=RUN_SECONDS,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Audit: Nothing runs in {tmp_path}: start it with `make serve`")
    assert len(done.stderr.splitlines()) == 1
