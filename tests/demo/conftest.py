"""A database, a data folder and a sandbox of the demo's own, and `python -m serve.demo` in them."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import databases
from tests.conftest import ROOT
from tests.demo.running import Demo
from tests.sandbox.running import PUBLISHABLE_KEY, SECRET_KEY, Running

STEP_SECONDS = 120


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("sandbox"))
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def empty_world(
    servers: dict[str, str], sandbox: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Demo]]:
    """Makes a migrated database with nothing in it, as often as it is called."""
    made: list[str] = []

    def make() -> Demo:
        name = f"tts_demo_{secrets.token_hex(4)}"
        url = databases.make(servers["DATABASE_URL"], name)
        made.append(name)
        folder = tmp_path_factory.mktemp("demo")
        failpoints = folder / "failpoints"
        failpoints.mkdir()
        environment = {
            **os.environ,
            **servers,
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "PORT": "8123",
            "FAILPOINTS_DIR": str(failpoints),
            "STRIPE_SECRET_KEY": SECRET_KEY,
            "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
            "STRIPE_API_BASE": sandbox.url,
            "STRIPE_JS_URL": f"{sandbox.url}/v3/stripe.js",
            "MAILBOX_DIR": str(folder / "mailbox"),
        }
        subprocess.run(
            [sys.executable, "-m", "migrations"],
            check=True, cwd=ROOT, env=environment, timeout=STEP_SECONDS,
        )  # fmt: skip
        return Demo(Path(folder), environment)

    yield make
    for name in made:
        databases.drop(servers["DATABASE_URL"], name)


@pytest.fixture(scope="module")
def seeded(empty_world: Callable[[], Demo]) -> Demo:
    """The world, made once for the tests that only look."""
    demo = empty_world()
    finished = demo.run()
    assert finished.returncode == 0, finished.stderr
    return demo
