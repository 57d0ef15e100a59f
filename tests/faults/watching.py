"""Who watches a line while it is hurt: how many are let in, and what everybody is shown."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import psycopg
from psycopg import sql

from tests.faults.crowd import Asker, Crowd

LOOK_SECONDS = 0.25

COUNTED = """
SELECT o.place, o.state = 'held' AND o.expires_at > now() FROM orders o
JOIN shows s ON s.id = o.show_id WHERE s.reference = %s AND o.state IN ('held', 'paid', 'cancelled')
"""


@dataclass(frozen=True)
class Seen:
    """So many may order or have ordered and may pay, at one moment."""

    at: float
    fault: str
    passes: int
    held: int

    @property
    def total(self) -> int:
        return self.passes + self.held


class Watcher:
    """with Watcher(crowd) as it: ...; it.most(); it.longest_above(20)."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.seen: list[Seen] = []
        self.shown: list[tuple[datetime, int, str]] = []
        """Of the shared document, when it was not interrupted: moment, serving, epoch."""
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=each, daemon=True) for each in (self._count, self._look)
        ]

    def __enter__(self) -> "Watcher":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._is_over.set()
        for each in self._threads:
            each.join(10)

    def most(self) -> int:
        return max(each.total for each in self.seen)

    def longest_above(self, seats: int) -> float:
        """The longest time in seconds in which more than so many had been let in."""
        longest, since = 0.0, None
        for each in self.seen:
            if each.total <= seats:
                since = None
            else:
                since = since or each.at
                longest = max(longest, each.at - since)
        return longest

    def steps_back(self) -> list[Any]:
        """Where the line seemed to go back."""
        return [
            (before, after)
            for before, after in pairwise(sorted(set(self.shown)))
            if after[1] < before[1]
        ]

    def _count(self) -> None:
        """Past the wires that are hurt. A pass is spent as soon as its order is there."""
        crowd = self.crowd
        with psycopg.connect(crowd.stage.database_url, autocommit=True) as connection:
            schema = sql.Identifier(crowd.reseller.schema_name)
            connection.execute(sql.SQL("SET search_path TO {}").format(schema))
            while not self._is_over.wait(LOOK_SECONDS):
                out = dict(crowd.passes)
                rows = connection.execute(COUNTED, [crowd.on_sale.show]).fetchall()
                spent, now = {place for place, _ in rows}, time.time()
                live = [place for place, till in out.items() if till > now and place not in spent]
                held = sum(1 for _, is_held in rows if is_held)
                self.seen.append(Seen(time.monotonic(), crowd.fault, len(live), held))

    def _look(self) -> None:
        asker = Asker(self.crowd)
        while not self._is_over.wait(LOOK_SECONDS):
            shown = asker.now_serving()
            if shown.status == 200 and not shown["is_interrupted"]:
                at = datetime.fromisoformat(shown["at"])
                self.shown.append((at, shown["serving"], shown["epoch"]))
        asker.close()
