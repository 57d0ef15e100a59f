"""Where Stripe's webhooks arrive: checked, kept once, answered at once; acted on by a job."""

import structlog
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core import actors, payments, tenancy
from core.database import transaction
from core.errors import Refused
from core.failpoints import failpoint
from core.payments import BadSignature

bp = Blueprint("stripe_notices", __name__)

MAX_BYTES = 256 * 1024

log = structlog.get_logger()


class Unsigned(Refused):
    status = 400
    code = "bad_signature"
    title = "Not signed by Stripe"


@bp.post("/stripe/notices")
def create() -> ResponseReturnValue:
    request.max_content_length = MAX_BYTES
    try:
        notice = payments.read_notice(
            request.get_data(), request.headers.get("Stripe-Signature", "")
        )
    except BadSignature as error:
        log.warning("notice.unsigned", why=str(error))
        raise Unsigned("The signature is missing, wrong or too old.") from error
    reference = payments.reseller_of(notice)
    tenant = tenancy.find_by_reference(reference) if reference else None
    if tenant is None:
        log.info("notice.stray", notice=notice.id, type=notice.type)
        return {"received": True, "ours": False}
    failpoint("notices.before_keeping")
    with tenancy.bound_to(tenant), actors.acting_as("stripe"), transaction():
        is_new = payments.keep_notice(notice)
    failpoint("notices.after_keeping")
    return {"received": True, "ours": True, "new": is_new}
