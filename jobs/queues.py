"""The queues, one worker process each: with two, RQ's dequeue can lose a job."""

from functools import lru_cache

from rq import Queue
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from core.events import Due
from core.redis import blocking_client

PAYMENTS = "payments"
DOCUMENTS = "documents"
MAIL = "mail"
ALL = (PAYMENTS, DOCUMENTS, MAIL)

JOB_TIMEOUT_SECONDS = {PAYMENTS: 60, DOCUMENTS: 120, MAIL: 30}
"""Mail's is shorter than a letter's claim (core/mail/claiming.py): none ends early."""
RESULT_SECONDS = 0
FAILURE_SECONDS = 7 * 24 * 3600


@lru_cache(maxsize=8)
def queue(name: str) -> Queue:
    """JSON on both sides: whoever can write to Redis must not be able to run code."""
    return Queue(
        name,
        connection=blocking_client(),
        serializer=JSONSerializer,
        default_timeout=JOB_TIMEOUT_SECONDS[name],
    )


def ask(name: str, reseller_reference: str, event: Due, reaction: str) -> bool:
    """Ask for one reaction to one event; False if it still waits in line from the last time.

    A job that was started and not heard of again is asked for again: doing it twice is harmless,
    while asking twice for everything in a long line would make the line longer.
    """
    job_id = f"{reseller_reference}-{event.event_id}-{reaction}"
    waits_in = queue(name)
    if event.attempts > 1:
        asked_before = waits_in.fetch_job(job_id)
        if asked_before is not None and asked_before.get_status() == JobStatus.QUEUED:
            return False
    waits_in.enqueue(
        "jobs.reacting.react",
        reseller_reference,
        event.event_id,
        event.subject_id,
        reaction,
        job_id=job_id,
        result_ttl=RESULT_SECONDS,
        failure_ttl=FAILURE_SECONDS,
    )
    return True
