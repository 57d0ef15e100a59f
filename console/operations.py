"""What got stuck, and where."""

import sqlalchemy as sa
import structlog
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from console.happening import Stuck, given_up_of
from console.resellers import after
from core import tenancy

bp = Blueprint("operations", __name__)

LOGS_AT_ONCE = 200
"""Resellers whose logs are looked into for one page."""

log = structlog.get_logger()


@bp.get("/operations")
def index() -> ResponseReturnValue:
    found = tenancy.directory(after=after(), limit=LOGS_AT_ONCE + 1)
    looked_at = found[:LOGS_AT_ONCE]
    stuck: list[Stuck] = []
    unanswered: list[str] = []
    for tenant in looked_at:
        try:
            stuck += given_up_of(tenant)
        except sa.exc.SQLAlchemyError as error:
            log.warning("console.unanswered", reseller=tenant.slug, why=str(error).splitlines()[0])
            unanswered.append(tenant.name)
    return render_template(
        "console/operations/index.html",
        stuck=stuck,
        unanswered=unanswered,
        next_after=looked_at[-1].reference if len(found) > LOGS_AT_ONCE else None,
    )
