"""Marking shows as high traffic: `python -m bench.marking RESELLER SHOW…`, by their references.

For a show that is on sale the line opens at once; before its sale people gather.
"""

import sys

from core import catalogue, tenancy, waitingroom
from core.database import transaction
from jobs import program


def mark(reseller: str, shows: list[str]) -> None:
    tenant = tenancy.find_by_reference(reseller)
    assert tenant, reseller
    with tenancy.bound_to(tenant), transaction():
        for each in shows:
            waitingroom.mark(catalogue.get_show(each), reason="a benchmark")


if __name__ == "__main__":
    program.begin()
    with program.application().app_context():
        mark(sys.argv[1], sys.argv[2:])
