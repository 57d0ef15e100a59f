"""Serve until Ctrl-C: exit code 0 after a stop that was asked for, else 1 and one sentence."""

import signal
import sys


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))  # until there is something to stop
    try:
        from serve.running import run  # late: these imports fail outside the virtual environment
    except ModuleNotFoundError as missing:
        return _refuse(f"The Python package {missing.name} is missing: start with `make serve`.")

    from core.embedded import CannotStart
    from serve.refusing import CannotServe

    try:
        run()
    except (CannotServe, CannotStart) as refusal:
        return _refuse(str(refusal))
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


sys.exit(main())
