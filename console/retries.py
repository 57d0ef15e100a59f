"""Trying an event again that was given up."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from console.resellers import find_reseller
from core import accounts, events, references, tenancy
from core.database import transaction
from core.errors import NotFound
from core.events import NothingToRetry

bp = Blueprint("retries", __name__)


@bp.post("/resellers/<reference>/events/<event>/retry")
def create(reference: str, event: str) -> ResponseReturnValue:
    tenant = find_reseller(reference)
    if not references.is_one(event, "event"):
        raise NotFound("There is no such event.")
    with tenancy.on_platform(), transaction():
        accounts.write_audit("event.retry_asked", event, reseller=tenant.reference)
    try:
        with tenancy.bound_to(tenant), transaction():
            events.retry(event)
    except NothingToRetry as refusal:
        flash(str(refusal), "warning")
    else:
        flash("It is being tried again now.")
    return redirect(url_for("operations.index"), 303)
