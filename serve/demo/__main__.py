"""Make the demo world if it is not there, and say in DATA_DIR/demo.json how to get into it."""

import sys

import psycopg

from core.settings import SettingsError, load
from serve.demo import describing, marking


def main() -> int:
    try:
        references = marking.find_mark()
        if references is None:
            from serve.demo.seeding import seed  # late: most starts have nothing to seed

            references = seed()
        describing.describe(load(), references)
    except (SettingsError, psycopg.OperationalError) as error:
        print(f"Demo: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
