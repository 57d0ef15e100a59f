"""What the person at the terminal reads: progress with the time it took, then where to go."""

import contextlib
import time

_began_at = time.monotonic()


def say(text: str = "") -> None:
    """Print a line; a terminal that has gone away must not stop the stop."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def tell(text: str) -> None:
    """Print a line of progress, with the seconds since the start."""
    say(f"{time.monotonic() - _began_at:6.1f} s  {text}")
