"""Draws for tests, repeatable by their seed, and the script that customers check them with."""

import hashlib
import importlib.util
import math
import random
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import NormalDist
from types import ModuleType

from core import references
from core.waitingroom import drawing

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify-draw.py"
SHOW = "shw_" + "7" * 26
DRAWN_AT = datetime(2026, 8, 1, 10, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    """A draw as a customer finds it: two files, and what is true of them."""

    facts: drawing.Draw
    places: list[str]

    @property
    def seed(self) -> bytes:
        return bytes.fromhex(self.facts.seed)

    @property
    def draw_json(self) -> bytes:
        return drawing.published(self.facts).encode()

    @property
    def places_txt(self) -> bytes:
        return drawing.places_text(self.places).encode()

    @property
    def order(self) -> list[str]:
        return drawing.order(self.seed, self.facts.show, self.places)

    def saying(self, **facts: object) -> "Published":
        """The same, with other facts."""
        return replace(self, facts=replace(self.facts, **facts))


def some_places(count: int, chance: random.Random) -> list[str]:
    """Ids in order of arrival."""
    return ["plc_" + "".join(chance.choices(references.ALPHABET, k=26)) for _ in range(count)]


def a_draw(count: int, chance: random.Random) -> Published:
    places, seed = some_places(count, chance), chance.randbytes(drawing.SEED_BYTES)
    return Published(
        drawing.Draw(
            show=SHOW,
            drawn_at=DRAWN_AT,
            places=count,
            commitment=hashlib.sha256(seed).hexdigest(),
            seed=seed.hex(),
            places_digest=drawing.digest(SHOW, DRAWN_AT, sorted(places)),
        ),
        places,
    )


def script() -> ModuleType:
    """The script as a module; its name is not one that can be imported."""
    spec = importlib.util.spec_from_file_location("verify_draw", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def uneven(tally: list[list[int]]) -> float:
    """Chi-square of a table arrival x number over many draws, (n - 1)^2 degrees of freedom.

    In a draw each number is given once, so the cells of a row and of a column depend on each other:
    their covariance is n / (n - 1) of that of a plain contingency table, and is divided out.
    """
    n = len(tally)
    expected = sum(tally[0]) / n
    plain = sum((seen - expected) ** 2 / expected for row in tally for seen in row)
    return plain * (n - 1) / n


def quantile(probability: float, freedom: int) -> float:
    """Of chi-square, by Wilson and Hilferty (1931); within 0.1 % from 30 degrees of freedom on."""
    z = NormalDist().inv_cdf(probability)
    part = 2 / (9 * freedom)
    return freedom * (1 - part + z * math.sqrt(part)) ** 3
