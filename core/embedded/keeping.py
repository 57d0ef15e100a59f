"""Small facts that must be the same at the next start: ports, passwords. Private JSON files."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def recall(path: Path) -> dict[str, Any]:
    """What was kept there; nothing if the file is missing. Raises ValueError if it is no JSON."""
    try:
        facts = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    if not isinstance(facts, dict):
        raise ValueError(  # noqa: TRY004  # what json.loads raises too
            f"{path} does not hold a JSON object"
        )
    return facts


def keep(path: Path, facts: dict[str, Any]) -> None:
    """Write whole or not at all, readable by the owner only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False) as new:
        json.dump(facts, new, indent=2)  # a temporary file is 0600 from its birth
        new.write("\n")
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(path)
