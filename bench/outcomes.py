"""What a benchmark found: a small table for people, a file for programs, an exit code for make."""

import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import psutil

from bench.programs import ROOT
from core.embedded import CannotStart

RESULTS = ROOT / "bench" / "results"
SHOWN = 10
CLEAN = "clean"


@dataclass
class Outcome:
    """Figures in the units of their names; ratios are to floors measured in the same run."""

    name: str
    figures: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    """What was promised of a figure or ratio, for whoever reads: missing it is no failure."""
    table: list[tuple[str, ...]] = field(default_factory=list)
    """The first row is its head."""
    errors: int = 0
    audit: str = CLEAN
    problems: list[str] = field(default_factory=list)
    """Sentences about what went wrong."""
    notes: list[str] = field(default_factory=list)
    """Sentences about what is not wrong, but good to know."""

    @property
    def is_sound(self) -> bool:
        return self.errors == 0 and self.audit == CLEAN and not self.problems

    def finish(self) -> int:
        """Print it, write it down; the exit code."""
        machine = describe_machine()
        print(f"\n{self.name}, on {machine['cores']} cores (load before: {LOAD_BEFORE})\n")
        print_table(self.table)
        print()
        promised = {name: self.figures[name] for name in self.targets if name in self.figures}
        for name, found in (self.ratios | promised).items():
            target = f"   (target {self.targets[name]})" if name in self.targets else ""
            print(f"  {name:28} {found:8.2f}{target}")
        print(f"\n  errors {self.errors}, audit: {self.audit}")
        for problem in self.problems[:SHOWN]:
            print(f"  ! {problem}")
        for note in self.notes[:SHOWN]:
            print(f"  ({note})")
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(self._facts(), indent=2) + "\n")
        print(f"\n  {path.relative_to(ROOT)}")
        return 0 if self.is_sound else 1

    def _facts(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "commit": commit(),
            "machine": describe_machine(),
            "figures": self.figures,
            "ratios": self.ratios,
            "targets": self.targets,
            "errors": self.errors,
            "audit": self.audit,
            "problems": self.problems,
            "notes": self.notes,
        }


def conclude(measure: Callable[[bool], Outcome]) -> NoReturn:
    """Measure (for long with FULL=1), tell, and end this process; SIGTERM ends what it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before it was done"))
    try:
        sys.exit(measure(os.environ.get("FULL") == "1").finish())
    except CannotStart as error:
        sys.exit(str(error))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """The first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  " + "  ".join([first, *others]))


def commit() -> str:
    """The short hash, with '-dirty' behind it if there is more in the folder; '' without git."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude", "*"],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip()


def describe_machine() -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": LOAD_BEFORE,
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


LOAD_BEFORE = round(os.getloadavg()[0], 2)
"""How busy the machine was when we began: above 0.5 or so, figures are too low."""
