"""A folder that PostgreSQL can reach even when the tests run as root."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tts-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)
