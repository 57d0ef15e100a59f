"""`python -m migrations`: bring every schema of every cell to the newest revision."""

import sys

import sqlalchemy as sa

from core.settings import SettingsError
from migrations.running import AnotherRun, migrate_everything


def main() -> int:
    try:
        report = migrate_everything()
    except (SettingsError, AnotherRun, sa.exc.OperationalError) as error:
        print(f"Migrations: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    print(f"Migrations: {report.summary()}")
    for schema, why in report.failed.items():
        print(f"Migrations: {schema} stayed behind: {why}", file=sys.stderr)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
