"""The resellers, and one of them."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from console.happening import given_up_of
from console.summing import summary_of
from core import accounts, catalogue, clock, references, tenancy
from core.catalogue import Phase
from core.errors import NotFound
from core.tenancy import Tenant

bp = Blueprint("resellers", __name__)

PER_PAGE = 50
SHOWS = 50
STILL_MATTERS = frozenset({Phase.UPCOMING, Phase.ON_SALE})


@dataclass(frozen=True)
class ShowRow:
    """A show of a reseller. Its opening is on the clocks of the place."""

    reference: str
    title: str
    on_sale_at: datetime
    is_high_traffic: bool
    needs_pass: bool


@bp.get("/")
def index() -> ResponseReturnValue:
    found = tenancy.directory(after=after(), limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    return render_template(
        "console/resellers/index.html",
        resellers=[summary_of(each) for each in shown],
        next_after=shown[-1].reference if len(found) > PER_PAGE else None,
    )


@bp.get("/resellers/<reference>")
def show(reference: str) -> ResponseReturnValue:
    tenant = find_reseller(reference)
    with tenancy.on_platform():
        people = [(each.name, each.email, each.role) for each in accounts.members_of(tenant.id)]
    summary = summary_of(tenant)
    return render_template(
        "console/resellers/show.html",
        reseller=summary,
        hosts=tenancy.hosts_of(tenant),
        people=people,
        shows=_shows_of(tenant) if summary.figures else [],
        stuck=given_up_of(tenant) if summary.figures else [],
    )


def find_reseller(reference: str) -> Tenant:
    """Raises NotFound."""
    is_one = references.is_one(reference, "reseller")
    tenant = tenancy.find_by_reference(reference) if is_one else None
    if tenant is None:
        raise NotFound("There is no such reseller.")
    return tenant


def after() -> str | None:
    """The reseller that the piece of the directory before ended with. Raises NotFound."""
    reference = request.args.get("after")
    return find_reseller(reference).reference if reference else None


def _shows_of(tenant: Tenant) -> list[ShowRow]:
    """Shows that are sold, now or later: those that may need a waiting room."""
    now = clock.now()
    with tenancy.bound_to(tenant):
        return [
            ShowRow(
                reference=show.reference,
                title=show.title,
                on_sale_at=show.local(show.on_sale_at),
                is_high_traffic=show.is_high_traffic,
                needs_pass=show.needs_pass,
            )
            for show in catalogue.published()
            if catalogue.phase_of(show, now) in STILL_MATTERS
        ][:SHOWS]
