"""Make the demo world if it is not there, and say in DATA_DIR/demo.json how to get into it."""

import sys

import psycopg

from core.errors import Refused
from core.settings import SettingsError, load
from serve.demo import describing, marking
from serve.demo.paying import NotPaid


def main() -> int:
    try:
        mark = marking.find_mark()
        if mark is None or not mark.has_keys:
            from serve.demo import seeding  # late: most starts have nothing to seed

            mark = seeding.renew_keys(mark) if mark else seeding.seed()
        describing.describe(load(), mark.references)
    except (SettingsError, Refused, NotPaid, psycopg.OperationalError, OSError) as error:
        print(f"Demo: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
