"""Reading the TOML files."""

import tomllib
from functools import lru_cache
from pathlib import Path

from serve.demo.world.shapes import Reseller

HERE = Path(__file__).parent
SLUGS = ("lindenhof", "basement", "harbour")


@lru_cache(maxsize=1)
def resellers() -> tuple[Reseller, ...]:
    """Every reseller of the demo. Raises pydantic's ValidationError for a file that is wrong."""
    return tuple(
        Reseller.model_validate(tomllib.loads((HERE / f"{slug}.toml").read_text(encoding="utf-8")))
        for slug in SLUGS
    )
