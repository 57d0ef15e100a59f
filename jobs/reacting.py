"""What RQ runs: one reaction to one event of one reseller, crossed off when it is done."""

import structlog

from core import actors, events, tenancy
from core.database import transaction
from core.failpoints import failpoint
from jobs.reactions import BY_NAME

log = structlog.get_logger()


def react(reseller_reference: str, event_id: int, subject_id: int, reaction: str) -> None:
    """Do a reaction and cross it off. What fails, the relay asks for again, later and later."""
    tenant = tenancy.find_by_reference(reseller_reference)
    if tenant is None:
        log.error("reaction.homeless", reseller=reseller_reference, reaction=reaction)
        return
    _, act = BY_NAME[reaction]
    with tenancy.bound_to(tenant), actors.acting_as("system"):
        with transaction():
            is_awaited = events.is_awaited(event_id, reaction)
        if not is_awaited:
            return
        failpoint(f"jobs.before_{reaction}")
        act(subject_id)
        failpoint(f"jobs.after_{reaction}")
        with transaction():
            events.mark_done(event_id, reaction)
    log.info("reaction.done", reseller=tenant.slug, reaction=reaction, subject=subject_id)
