"""`python -m jobs.relay`: carries what the logs await to the queues, and does what the clock asks.

One process; two share the work and do no harm. It wakes when the bell rings, looks again when what
it asked for should be done, and looks into every log now and then: a lost bell costs no more.
"""

import signal
import sys
import threading
import time
from dataclasses import dataclass
from types import FrameType

import redis
import sqlalchemy as sa
import structlog

from core import events, tenancy
from core.database import transaction
from core.events import Due
from core.failpoints import failpoint
from core.redis import blocking_client
from core.settings import SettingsError
from core.tenancy import Tenant
from jobs import program, queues, schedule, tending
from jobs.reactions import BY_NAME

LISTEN_SECONDS = 1
SWEEP_SECONDS = 20.0
PAUSE_AFTER_TROUBLE_SECONDS = 1.0
MAX_ROUNDS = 50
"""Batches of one reseller's log before the others have their turn."""
SOON_SECONDS = 0.2

log = structlog.get_logger()


@dataclass(frozen=True)
class Looked:
    """What a look into one log came to."""

    asked: int
    again_in_seconds: float | None
    """When the first of them would be due again."""


def relay(tenant: Tenant) -> Looked:
    """Ask the queues for everything that is due in one log."""
    asked, again = 0, []
    with tenancy.bound_to(tenant):
        for _ in range(MAX_ROUNDS):
            with transaction():
                batch = events.due()
            failpoint("relay.before_enqueue")
            waiting = []
            for event in batch:
                count = sum(_ask(tenant, event, reaction) for reaction in event.awaits)
                asked += count
                if not count:
                    waiting.append(event.event_id)
                again.append(event.again_in_seconds)
                if event.is_given_up:
                    log.error("event.given_up", reseller=tenant.slug, event=event.event_id)
            if waiting:
                with transaction():
                    events.still_waits(waiting)
            if len(batch) < events.BATCH:
                break
    return Looked(asked, min(again, default=None))


def _ask(tenant: Tenant, event: Due, reaction: str) -> bool:
    if reaction not in BY_NAME:  # of a newer release, or of one long gone
        log.error("reaction.unknown", reseller=tenant.slug, reaction=reaction)
        return False
    queue, _ = BY_NAME[reaction]
    return queues.ask(queue, tenant.reference, event, reaction)


class Relay:
    """The loop, and how it ends."""

    def __init__(self) -> None:
        self.is_running = True
        self.swept_at = 0.0
        self.again_at: dict[str, float] = {}
        """By schema: when something that was asked for would be due again."""

    def stop(self, _: int, __: FrameType | None) -> None:
        self.is_running = False

    def run(self) -> None:
        bell = blocking_client()
        while self.is_running:
            try:
                self.look(self.listen(bell))
            except (redis.RedisError, sa.exc.SQLAlchemyError) as error:
                log.warning("relay.trouble", why=str(error).splitlines()[0])
                time.sleep(PAUSE_AFTER_TROUBLE_SECONDS)

    def listen(self, bell: "redis.Redis") -> set[str] | None:
        """The schemas to look into now: rung, or due again; None for all."""
        heard = bell.blpop([events.BELL], timeout=LISTEN_SECONDS)
        more = bell.lpop(events.BELL, events.BATCH) if heard else None
        rung = [heard[1], *(more if isinstance(more, list) else [])] if heard else []
        if time.monotonic() - self.swept_at > SWEEP_SECONDS:
            self.swept_at = time.monotonic()
            return None
        due = {schema for schema, at in self.again_at.items() if at <= time.monotonic()}
        return due | {str(each, "ascii") for each in rung if isinstance(each, bytes)}

    def look(self, schemas: set[str] | None) -> None:
        """Into the logs of these schemas, or of all; one that is in trouble stops no other."""
        if schemas is not None and not schemas:
            return
        for tenant in tenancy.everyone():
            if schemas is not None and tenant.schema_name not in schemas:
                continue
            self.again_at.pop(tenant.schema_name, None)
            try:
                looked = relay(tenant)
            except redis.RedisError:
                raise  # nobody can be asked for anything: wait, and begin again
            except Exception:  # whatever it is, the next reseller must have its turn
                log.exception("relay.skipped", reseller=tenant.slug)
                continue
            if looked.again_in_seconds is not None:
                self.again_at[tenant.schema_name] = (
                    time.monotonic() + looked.again_in_seconds + SOON_SECONDS
                )


def main() -> int:
    try:
        program.begin()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    loop = Relay()
    signal.signal(signal.SIGTERM, loop.stop)
    signal.signal(signal.SIGINT, loop.stop)
    clocks = [
        threading.Thread(target=schedule.run, args=[lambda: loop.is_running, each], daemon=True)
        for each in schedule.CLOCKS
    ]
    clocks.append(threading.Thread(target=tending.run, args=[lambda: loop.is_running], daemon=True))
    for clock in clocks:
        clock.start()
    with program.application().app_context():
        loop.run()
    for clock in clocks:
        clock.join(schedule.LAST_ACT_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
