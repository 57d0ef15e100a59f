"""`python -m jobs.worker payments`: works one queue."""

import importlib
import sys

from rq import Queue, SimpleWorker, Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker.base import BaseWorker

from core import database
from core.redis import blocking_client
from core.settings import SettingsError, load
from jobs import program, queues

MAINTENANCE_SECONDS = 30


class ForkingWorker(Worker):
    """A child process per job: what WeasyPrint leaks ends with it. The child begins without
    connections, which must not be shared."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        for cell in load().all_cells:
            database.engine(cell).dispose(close=False)
        super().main_work_horse(job, queue)


KINDS: dict[str, type[BaseWorker]] = {
    queues.PAYMENTS: SimpleWorker,
    queues.MAIL: SimpleWorker,
    queues.DOCUMENTS: ForkingWorker,
}
"""Money and letters are short and leak nothing: a fork each would take longer than the work."""


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in queues.ALL:
        print(f"Which queue? One of: {', '.join(queues.ALL)}.", file=sys.stderr)
        return 2
    try:
        program.begin()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if sys.argv[1] == queues.DOCUMENTS:
        importlib.import_module("core.documents.typesetting")  # 0.8 s, once and not in each child
    worker = KINDS[sys.argv[1]](
        [queues.queue(sys.argv[1])],
        connection=blocking_client(),
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    with program.application().app_context():
        worker.work(with_scheduler=False, logging_level="WARNING")
    return 0


if __name__ == "__main__":
    sys.exit(main())
