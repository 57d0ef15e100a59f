"""`python -m jobs.relay`: carries what the logs await to the queues, and does what the clock asks.

One process; two share the work and do no harm. It wakes when the bell rings, and looks into every
log by itself every few seconds, so a lost bell costs no more than that.
"""

import signal
import sys
import time
from types import FrameType

import redis
import sqlalchemy as sa
import structlog

from core import events, tenancy
from core.database import transaction
from core.failpoints import failpoint
from core.redis import blocking_client
from core.settings import SettingsError
from core.tenancy import Tenant
from jobs import program, queues, schedule
from jobs.reactions import BY_NAME

LISTEN_SECONDS = 1
SWEEP_SECONDS = 5.0
PAUSE_AFTER_TROUBLE_SECONDS = 1.0
MAX_ROUNDS = 50
"""Batches of one reseller's log before the others have their turn."""

log = structlog.get_logger()


def relay(tenant: Tenant) -> int:
    """Ask the queues for everything that is due in one log; return how many reactions."""
    asked = 0
    with tenancy.bound_to(tenant):
        for _ in range(MAX_ROUNDS):
            with transaction():
                batch = events.due()
            failpoint("relay.before_enqueue")
            for event in batch:
                for reaction in event.awaits:
                    queue, _ = BY_NAME[reaction]
                    asked += queues.ask(queue, tenant.reference, event, reaction)
                if event.is_given_up:
                    log.error("event.given_up", reseller=tenant.slug, event=event.event_id)
            if len(batch) < events.BATCH:
                break
    return asked


class Relay:
    """The loop, and how it ends."""

    def __init__(self) -> None:
        self.is_running = True
        self.swept_at = 0.0

    def stop(self, _: int, __: FrameType | None) -> None:
        self.is_running = False

    def run(self) -> None:
        bell = blocking_client()
        while self.is_running:
            try:
                heard = bell.blpop([events.BELL], timeout=LISTEN_SECONDS)
                if heard:
                    more = bell.lpop(events.BELL, events.BATCH)
                    rung = [heard[1], *(more if isinstance(more, list) else [])]
                    self.look({str(each, "ascii") for each in rung if isinstance(each, bytes)})
                if time.monotonic() - self.swept_at > SWEEP_SECONDS:
                    self.look(None)
                    self.swept_at = time.monotonic()
                schedule.run_due()
            except (redis.RedisError, sa.exc.SQLAlchemyError) as error:
                log.warning("relay.trouble", why=str(error).splitlines()[0])
                time.sleep(PAUSE_AFTER_TROUBLE_SECONDS)

    def look(self, schemas: set[str] | None) -> None:
        """Into the logs of these schemas, or of all."""
        for tenant in tenancy.all_open():
            if schemas is None or tenant.schema_name in schemas:
                relay(tenant)


def main() -> int:
    try:
        program.begin()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    loop = Relay()
    signal.signal(signal.SIGTERM, loop.stop)
    signal.signal(signal.SIGINT, loop.stop)
    with program.application().app_context():
        loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
