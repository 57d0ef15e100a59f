"""What the auditor finds with each reseller on the stage; `python -m bench.auditing` prints it."""

import json

from core import audit, tenancy
from jobs import program


def findings() -> list[str]:
    found = []
    for tenant in tenancy.everyone():
        with tenancy.bound_to(tenant):
            found += [f"{tenant.slug}: {each}" for each in audit.look()]
    return found


if __name__ == "__main__":
    program.begin()
    with program.application().app_context():
        print(json.dumps(findings()))
