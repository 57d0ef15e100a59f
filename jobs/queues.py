"""The queues, one worker process each: with two, RQ's dequeue can lose a job."""

from functools import lru_cache

from rq import Queue
from rq.serializers import JSONSerializer

from core.events import Due
from core.redis import blocking_client

PAYMENTS = "payments"
DOCUMENTS = "documents"
MAIL = "mail"
ALL = (PAYMENTS, DOCUMENTS, MAIL)

JOB_TIMEOUT_SECONDS = {PAYMENTS: 60, DOCUMENTS: 120, MAIL: 60}
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


def ask(name: str, reseller_reference: str, event: Due, reaction: str) -> None:
    """Ask for one reaction to one event. Asking again before it is done does no harm."""
    queue(name).enqueue(
        "jobs.reacting.react",
        reseller_reference,
        event.event_id,
        event.subject_id,
        reaction,
        result_ttl=RESULT_SECONDS,
        failure_ttl=FAILURE_SECONDS,
    )
