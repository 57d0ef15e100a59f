"""What happened: written in the transaction in which it happened, told to the rest afterwards.

The log is the outbox. A job of jobs/reactions.py that has done its part puts its name on the
event; the relay asks again for the parts that are missing, so a lost Redis or a killed worker
delays a letter and loses nothing.
"""

from core.events.doorbell import BELL, ring
from core.events.handling import BATCH, Due, due, is_awaited, mark_done, still_waits
from core.events.models import Event
from core.events.queries import about
from core.events.recording import Happening, Named, record, record_all, record_each, subscribe
from core.events.retrying import Backlog, NothingToRetry, backlog, given_up, retry

__all__ = [
    "BATCH",
    "BELL",
    "Backlog",
    "Due",
    "Event",
    "Happening",
    "Named",
    "NothingToRetry",
    "about",
    "backlog",
    "due",
    "given_up",
    "is_awaited",
    "mark_done",
    "record",
    "record_all",
    "record_each",
    "retry",
    "ring",
    "still_waits",
    "subscribe",
]
