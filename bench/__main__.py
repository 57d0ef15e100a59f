"""Run all benchmarks one after the other, or ONLY=one of them; FULL=1 for long.

A benchmark is a module here with a function `measure`; each runs as a process of its own.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from core.embedded import launching

HERE = Path(__file__).parent
LIMIT_SECONDS = 20 * 60
STOP_SECONDS = 30


def names() -> list[str]:
    return sorted(
        path.stem for path in HERE.glob("*.py") if "\ndef measure(" in path.read_text("utf-8")
    )


def run(name: str) -> bool:
    """Whether it ran, without errors, and left things as they must be."""
    running = subprocess.Popen(
        [sys.executable, "-m", f"bench.{name}"],
        preexec_fn=launching.dying_with_parent(signal.SIGTERM),  # noqa: PLW1509  # one call
    )
    try:
        return running.wait(LIMIT_SECONDS) == 0
    except subprocess.TimeoutExpired:
        print(f"{name} took more than {LIMIT_SECONDS} s and was ended", file=sys.stderr)
        running.terminate()
        return False
    finally:
        running.wait(STOP_SECONDS)  # Ctrl-C reaches it too, and it ends what it started


def main() -> int:
    only = os.environ.get("ONLY")
    known = names()
    if only and only not in known:
        print(f"There is no benchmark {only}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    failed = [name for name in ([only] if only else known) if not run(name)]
    if failed:
        print(f"\nFAILED: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
