"""`python -m jobs.audit [slug ...]`: look for what breaks a rule, at these resellers or at all.

Prints a line for each of them, and what was found there. Ends with 0 if all is well, with 1 if
anything was found or somebody could not be looked at, with 2 if it could not begin. The schedule
looks as well, and logs what it finds. What is not set is taken from what runs in DATA_DIR.
"""

import os
import sys
import time
from collections.abc import Sequence

import sqlalchemy as sa
import structlog

from core import audit, tenancy
from core.audit import Finding
from core.settings import SettingsError
from core.tenancy import Tenant
from jobs import installation, program
from jobs.installation import NothingRuns

log = structlog.get_logger()


def tell_of_findings() -> None:
    """Audit the bound reseller, and log each finding as an error."""
    for finding in audit.look():
        log.error(
            "audit.found",
            reseller=tenancy.current().slug,
            rule=finding.rule,
            count=finding.count,
            examples=[audit.described(each) for each in finding.examples],
            meaning=finding.meaning,
            runbook=finding.runbook,
        )


class NoSuchReseller(LookupError):
    """The operator named somebody who is not in the directory."""


def _chosen(slugs: Sequence[str]) -> list[Tenant]:
    if not slugs:
        return tenancy.everyone()
    chosen = []
    for slug in slugs:
        tenant = tenancy.find_by_slug(slug)
        if tenant is None:
            raise NoSuchReseller(f"There is no reseller {slug!r}.")
        chosen.append(tenant)
    return chosen


def _report(tenant: Tenant, place: str) -> bool:
    """Look, and print what there is to say; whether all is well."""
    began_at = time.monotonic()
    try:
        with tenancy.bound_to(tenant):
            findings = audit.look()
    except sa.exc.SQLAlchemyError as error:
        print(f"{place}{tenant.slug}: could not be looked at: {_first_line(error)}", flush=True)
        return False
    took = f"{time.monotonic() - began_at:.1f} s"
    if not findings:
        print(f"{place}{tenant.slug}: {len(audit.RULES)} rules hold, {took}", flush=True)
        return True
    are_broken = "rule is broken" if len(findings) == 1 else "rules are broken"
    print(f"{place}{tenant.slug}: {len(findings)} {are_broken}, {took}")
    for finding in findings:
        _print(finding)
    print(f"  What to do: {audit.RUNBOOK}", flush=True)
    return False


def _print(finding: Finding) -> None:
    rows = "row" if finding.count == 1 else "rows"
    print(f"  {finding.rule}: not so in {finding.count} {rows}. {finding.meaning}")
    for example in finding.examples:
        print(f"    {audit.described(example)}")


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0]


def main(slugs: Sequence[str]) -> int:
    try:
        installation.settle(os.environ)
        program.begin()
        with program.application().app_context():
            tenants = _chosen(slugs)
            many = len(tenants) > 1
            well = [
                _report(tenant, f"[{number}/{len(tenants)}] " if many else "")
                for number, tenant in enumerate(tenants, start=1)
            ]
    except (SettingsError, NoSuchReseller, NothingRuns, sa.exc.OperationalError) as error:
        print(f"Audit: {_first_line(error)}", file=sys.stderr)
        return 2
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
