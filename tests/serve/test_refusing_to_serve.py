"""What is wrong is said in one sentence, before anything starts."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from serve import preflight
from serve.refusing import CannotServe

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "STRIPE_", "SMTP_URL", "PORT", "DATA_DIR", "SECRET_KEY")


def serve(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m serve` with nothing set but this."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [sys.executable, "-m", "serve"],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence on stderr of a serve that ended by itself."""
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.endswith(".\n")
    return done.stderr.strip()


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("PORT", "http", "PORT is wrong"),
        ("PORT", "99999", "PORT is wrong"),
        ("BASE_HOST", "no host", "BASE_HOST is wrong"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL is wrong"),
        ("TICKET_SIGNING_KEY", "short", "TICKET_SIGNING_KEY is wrong"),
        ("STRIPE_SECRET_KEY", "sk_live_alone", "STRIPE_PUBLISHABLE_KEY is not set"),
        ("WEB_WORKERS", "0", "WEB_WORKERS is wrong"),
        ("CELLS", "no JSON", "A setting cannot be read"),
        ("DATABASE_URL", "postgresql://me:secret@127.0.0.1:9/x", "127.0.0.1:9/x) does not let us"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:9/0", "REDIS_URL (redis://127.0.0.1:9/0)"),
        ("DATA_DIR", "/dev/null/x", "The data folder /dev/null/x cannot be written"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, setting, value, says):
    said = refusal(serve(**{"DATA_DIR": str(tmp_path), setting: value}))

    assert says in said
    assert "secret" not in said


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(serve(DATA_DIR=str(tmp_path), PORT=str(port)))

    assert f"Port {port} on 127.0.0.1 is taken" in said


def test_a_folder_that_is_served_already_is_left_alone(tmp_path):
    with (tmp_path / "serve.lock").open("a") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        said = refusal(serve(DATA_DIR=str(tmp_path)))

    assert f"The data folder {tmp_path} is in use by another `serve`" in said


def test_a_missing_library_comes_with_what_to_type(monkeypatch):
    monkeypatch.setattr(preflight, "LIBRARIES", {"libnothing-1.0.so.0": "libnothing-1.0-0"})

    with pytest.raises(CannotServe, match=r"apt-get install libnothing-1\.0-0"):
        preflight.check_libraries()


def test_an_empty_setting_counts_as_none():
    settings = preflight.check_settings({"DATABASE_URL": "", "STRIPE_SECRET_KEY": ""})

    assert settings.stripe_secret_key.startswith("sk_test_")
